import { bars } from './panels/bar-gauge.ts';
import { rowToCluster, rowToHost, rowToServer, toHost, toServer } from './panels/links.ts';
import type { Page, Section } from './panels/page.ts';
import { COLOR, goodAtZero, NEUTRAL } from './panels/palette.ts';
import { countOf } from './panels/query.ts';
import { stat, tiles } from './panels/stat.ts';
import { HOSTS, SERVERS, STATE_STEPS, stateNames, valueMapping } from './panels/state.ts';
import { table } from './panels/table.ts';
import { text } from './panels/text.ts';
import { ENVIRONMENT, HOST, SERVER, SITE } from './panels/variable.ts';
import { alertSection, firing } from './sections/alerts.ts';
import { freshness } from './sections/freshness.ts';
import { fleetVerdicts } from './sections/verdicts.ts';
import { volumeTable } from './sections/volumes.ts';

const FILTER = 'env=~"$env",site=~"$site"';
const SERVER_FILTER = `${FILTER},instance=~"$instance"`;
const HOST_FILTER = `${FILTER},instance=~"$host"`;

/** How many, how many of them seen, and what is wrong. */
const counts: Section = {
  panels: [
    stat({
      title: text('Servers declared', '已登记服务器'),
      description: text(
        'PostgreSQL servers the registry declares as in service or deprecated.',
        '登记为在用或即将弃用的 PostgreSQL 服务器。',
      ),
      width: 3,
      height: 4,
      unit: 'short',
      steps: NEUTRAL,
      queries: [{ expr: countOf(`group by (instance) (${SERVERS})`) }],
    }),
    stat({
      title: text('Observed', '已观测'),
      description: text('Declared servers that answer now.', '当前有应答的已登记服务器。'),
      width: 3,
      height: 4,
      unit: 'short',
      steps: NEUTRAL,
      queries: [{ expr: countOf(`group by (instance) (${SERVERS}) and on (instance) (pg_up == 1)`) }],
    }),
    stat({
      title: text('Unobserved', '未观测到'),
      description: text(
        'Declared servers without an answer, whether they refuse or their series vanished.',
        '没有应答的已登记服务器，包括拒绝连接的和序列已消失的。',
      ),
      width: 3,
      height: 4,
      unit: 'short',
      steps: goodAtZero(COLOR.down),
      queries: [{ expr: countOf(`group by (instance) (${SERVERS}) unless on (instance) (pg_up == 1)`) }],
    }),
    stat({
      title: text('Unregistered', '未登记'),
      description: text(
        'Servers that are scraped although the registry does not know them.',
        '正在被抓取但登记表中没有的服务器。',
      ),
      width: 3,
      height: 4,
      unit: 'short',
      steps: goodAtZero(COLOR.warning),
      queries: [{ expr: countOf('pg_up unless on (instance) pgfleet_registry_server_info') }],
    }),
    stat({
      title: text('Hosts unreadable', '无法读取的主机'),
      description: text('Declared hosts of which no capture succeeds.', '采集不成功的已登记主机。'),
      width: 3,
      height: 4,
      unit: 'short',
      steps: goodAtZero(COLOR.down),
      queries: [
        { expr: countOf(`group by (instance) (${HOSTS}) unless on (instance) (pgfleet_host_up == 1)`) },
      ],
    }),
    ...(['critical', 'warning', 'info'] as const).map((severity) =>
      stat({
        title: {
          critical: text('Critical', '严重告警'),
          warning: text('Warnings', '警告'),
          info: text('Notes', '提示'),
        }[severity],
        description: text(
          `Alerts of severity ${severity} that fire now, without the always-firing Watchdog.`,
          `当前触发的 ${severity} 级别告警，不含始终触发的 Watchdog。`,
        ),
        width: 3,
        height: 4,
        unit: 'short',
        steps: goodAtZero(COLOR[severity]),
        queries: [{ expr: countOf(firing(`${FILTER},severity="${severity}"`)) }],
      }),
    ),
  ],
};

const walls: Section = {
  title: text('Servers and hosts', '服务器与主机'),
  panels: [
    tiles({
      title: text('Servers', '服务器'),
      description: text(
        'One tile for every declared server with its worst state: not observed, then critical, then warning.',
        '每台已登记服务器一块，显示其最差状态：未观测到、严重、警告。',
      ),
      width: 16,
      height: 8,
      unit: 'none',
      steps: STATE_STEPS,
      mappings: stateNames,
      links: [toServer],
      noValue: text('no server declared', '未登记服务器'),
      queries: [
        { expr: `max by (server, instance) (pgfleet:server_state{${SERVER_FILTER}})`, legend: '{{server}}' },
      ],
    }),
    tiles({
      title: text('Hosts', '主机'),
      description: text(
        'One tile for every declared host with its worst state.',
        '每台已登记主机一块，显示其最差状态。',
      ),
      width: 8,
      height: 8,
      unit: 'none',
      steps: STATE_STEPS,
      mappings: stateNames,
      links: [toHost],
      noValue: text('no host declared', '未登记主机'),
      queries: [{ expr: `max by (instance) (pgfleet:host_state{${HOST_FILTER}})`, legend: '{{instance}}' }],
    }),
  ],
};

const capacity: Section = {
  title: text('Versions and space', '版本与空间'),
  panels: [
    bars({
      title: text('Servers per major version', '各大版本的服务器数'),
      description: text(
        'How many servers run which major version. Many versions mean many ways to do the same work.',
        '各大版本上运行的服务器数量。版本越多，同一件事的做法就越多。',
      ),
      width: 8,
      height: 9,
      unit: 'short',
      decimals: 0,
      steps: [{ from: null, color: COLOR.info }],
      noValue: text('no server answers', '没有服务器应答'),
      queries: [
        {
          expr: `sort_desc(count by (major) (label_replace(pg_static{${SERVER_FILTER}}, "major", "$1", "short_version", "(9[.][0-9]+|[0-9]+).*")))`,
          legend: 'PostgreSQL {{major}}',
        },
      ],
    }),
    volumeTable({ width: 16, height: 9, filter: HOST_FILTER }),
  ],
};

const inventory: Section = {
  title: text('Inventory', '清单'),
  panels: [
    table({
      title: text('All servers', '全部服务器'),
      description: text(
        'Every declared server with what the registry says and what is observed. Empty cells of a server that does not answer are unknown, not zero.',
        '每台已登记服务器的登记信息与观测结果。没有应答的服务器，其空白单元格表示未知而不是零。',
      ),
      width: 24,
      height: 12,
      joinBy: 'instance',
      noValue: text('no server declared', '未登记服务器'),
      sortBy: { field: 'Value #B', descending: true },
      queries: [
        {
          refId: 'A',
          expr: `group by (server, instance, host, cluster, env, app, owner, site, lifecycle) (${SERVERS})`,
        },
        { refId: 'B', expr: `max by (instance) (pgfleet:server_state{${SERVER_FILTER}})` },
        { refId: 'C', expr: `group by (instance, short_version) (pg_static{${SERVER_FILTER}})` },
        { refId: 'D', expr: `max by (instance) (pg_replication_is_replica{${SERVER_FILTER}})` },
        {
          refId: 'E',
          expr: `time() - max by (instance) (pg_postmaster_start_time_seconds{${SERVER_FILTER}})`,
        },
        {
          refId: 'F',
          expr: `max by (instance) (pgfleet:connections_used:ratio{${SERVER_FILTER}})`,
        },
      ],
      columns: [
        { field: 'server', title: text('Server', '服务器'), link: rowToServer },
        { field: 'instance', title: text('Instance', '实例') },
        { field: 'host', title: text('Host', '主机'), link: rowToHost('host') },
        { field: 'cluster', title: text('Cluster', '集群'), link: rowToCluster },
        { field: 'env', title: text('Environment', '环境') },
        { field: 'app', title: text('Application', '应用') },
        { field: 'owner', title: text('Owner', '负责人') },
        { field: 'lifecycle', title: text('Lifecycle', '生命周期') },
        {
          field: 'Value #B',
          title: text('State', '状态'),
          width: 120,
          mappings: stateNames,
          steps: STATE_STEPS,
        },
        { field: 'short_version', title: text('Version', '版本'), width: 90 },
        {
          field: 'Value #D',
          title: text('Role', '角色'),
          width: 90,
          mappings: (locale) => [
            valueMapping([
              [0, text('Primary', '主库')[locale]],
              [1, text('Standby', '备库')[locale]],
            ]),
          ],
        },
        { field: 'Value #E', title: text('Uptime', '运行时间'), unit: 'dtdhms', width: 140 },
        {
          field: 'Value #F',
          title: text('Connections', '连接占用'),
          unit: 'percentunit',
          decimals: 0,
          width: 110,
        },
      ],
    }),
  ],
};

export const dashboard: Page = {
  id: 'pgfleet-fleet',
  title: text('Fleet', '机群总览'),
  description: text(
    'Is everything there, is anything on fire, what will be next: the whole fleet in five seconds.',
    '都在吗，有没有着火，接下来会是什么：五秒看清整个机群。',
  ),
  from: 'now-24h',
  variables: [ENVIRONMENT, SITE, SERVER, HOST],
  sections: [freshness, counts, walls, alertSection(FILTER), fleetVerdicts(FILTER), capacity, inventory],
};

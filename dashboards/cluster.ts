import { rowToHost, rowToServer, toServer } from './panels/links.ts';
import type { Page, Section } from './panels/page.ts';
import { COLOR, goodAtZero, type Step } from './panels/palette.ts';
import { countOf } from './panels/query.ts';
import { sumRate } from './panels/rates.ts';
import { stat, tiles } from './panels/stat.ts';
import { STATE_STEPS, stateNames, valueMapping } from './panels/state.ts';
import { table } from './panels/table.ts';
import { text } from './panels/text.ts';
import { timeSeries } from './panels/time-series.ts';
import { alertSection } from './sections/alerts.ts';

const CLUSTER = '{cluster="$cluster"}';
const NO_ANSWER = text('no answer', '无应答');

const ONE: readonly Step[] = [
  { from: null, color: COLOR.critical },
  { from: 1, color: COLOR.ok },
  { from: 2, color: COLOR.critical },
];

const BACKUP_COLUMNS = [
  ['A', `time() - pgfleet_backup_last_success_timestamp_seconds${CLUSTER}`],
  ['B', `pgfleet_backup_last_duration_seconds${CLUSTER}`],
  ['C', `pgfleet_backup_last_size_bytes${CLUSTER}`],
  ['D', `pgfleet_backup_last_stored_bytes${CLUSTER}`],
  ['E', `pgfleet_backup_backups${CLUSTER}`],
] as const;

/** Rows are joined by one label, and the first query gives the others; several hosts may tell of the same backups. */
function byBackup(withLabels: boolean, expr: string): string {
  const keyed = `label_join(${expr}, "key", "/", "tool", "stanza", "repo", "type")`;
  return `max by (${withLabels ? 'key, tool, stanza, repo, type' : 'key'}) (${keyed})`;
}

const roles: Section = {
  panels: [
    tiles({
      title: text('Members', '成员'),
      description: text(
        'Every declared server of the cluster with its worst state.',
        '集群中每台已登记服务器及其最差状态。',
      ),
      width: 12,
      height: 5,
      unit: 'none',
      steps: STATE_STEPS,
      mappings: stateNames,
      links: [toServer],
      noValue: text('no server declared', '未登记服务器'),
      queries: [{ expr: `max by (server, instance) (pgfleet:server_state${CLUSTER})`, legend: '{{server}}' }],
    }),
    stat({
      title: text('Primaries', '主库'),
      description: text(
        'Servers of the cluster that accept writes: exactly one is right.',
        '集群中可写的服务器：恰好一台才正确。',
      ),
      width: 4,
      height: 5,
      unit: 'short',
      steps: ONE,
      queries: [{ expr: countOf(`pg_replication_is_replica${CLUSTER} == 0`) }],
    }),
    stat({
      title: text('Standbys', '备库'),
      description: text('Servers of the cluster that are in recovery.', '集群中处于恢复状态的服务器。'),
      width: 4,
      height: 5,
      unit: 'short',
      queries: [{ expr: countOf(`pg_replication_is_replica${CLUSTER} == 1`) }],
    }),
    stat({
      title: text('Unobserved', '未观测到'),
      description: text(
        'Declared servers of the cluster without an answer.',
        '集群中没有应答的已登记服务器。',
      ),
      width: 4,
      height: 5,
      unit: 'short',
      steps: goodAtZero(COLOR.down),
      queries: [{ expr: countOf(`pgfleet:server_state${CLUSTER} == 3`) }],
    }),
  ],
};

const members: Section = {
  title: text('Members', '成员'),
  panels: [
    table({
      title: text('Members', '成员'),
      description: text(
        'The servers of the cluster, what they are and where they stand. The position is where WAL was written or replayed.',
        '集群中的服务器、其角色与进度。进度为 WAL 写入或重放的位置。',
      ),
      width: 24,
      height: 7,
      joinBy: 'instance',
      noValue: text('no server declared', '未登记服务器'),
      queries: [
        {
          refId: 'A',
          expr: `max by (server, instance, host, app, owner, lifecycle) (pgfleet:server_state${CLUSTER})`,
        },
        { refId: 'B', expr: `max by (instance) (pg_replication_is_replica${CLUSTER})` },
        { refId: 'C', expr: `group by (instance, short_version) (pg_static${CLUSTER})` },
        { refId: 'D', expr: `max by (instance) (pgfleet_postgres_timeline${CLUSTER})` },
        {
          refId: 'E',
          expr: `scalar(max(pgfleet_postgres_wal_position_bytes_total${CLUSTER})) - max by (instance) (pgfleet_postgres_wal_position_bytes_total${CLUSTER})`,
        },
      ],
      columns: [
        { field: 'server', title: text('Server', '服务器'), link: rowToServer },
        { field: 'instance', title: text('Instance', '实例') },
        { field: 'host', title: text('Host', '主机'), link: rowToHost('host') },
        {
          field: 'Value #A',
          title: text('State', '状态'),
          width: 120,
          mappings: stateNames,
          steps: STATE_STEPS,
        },
        {
          field: 'Value #B',
          title: text('Role', '角色'),
          width: 90,
          mappings: (locale) => [
            valueMapping([
              [0, text('Primary', '主库')[locale]],
              [1, text('Standby', '备库')[locale]],
            ]),
          ],
        },
        { field: 'short_version', title: text('Version', '版本'), width: 90 },
        { field: 'Value #D', title: text('Timeline', '时间线'), width: 90 },
        { field: 'Value #E', title: text('Behind the foremost', '落后最前者'), unit: 'bytes', width: 140 },
        { field: 'app', title: text('Application', '应用') },
        { field: 'owner', title: text('Owner', '负责人') },
        { field: 'lifecycle', title: text('Lifecycle', '生命周期') },
      ],
    }),
  ],
};

const work: Section = {
  title: text('Work', '工作量'),
  panels: [
    timeSeries({
      title: text('Transactions', '事务'),
      description: text(
        'Commits per second of every member. A standby with many serves readers.',
        '每个成员每秒的提交数。提交数高的备库正在为读请求服务。',
      ),
      width: 8,
      height: 8,
      unit: 'ops',
      min: 0,
      links: [toServer],
      noValue: NO_ANSWER,
      queries: [
        { expr: sumRate(`pg_stat_database_xact_commit${CLUSTER}`, 'instance'), legend: '{{instance}}' },
      ],
    }),
    timeSeries({
      title: text('Client sessions', '客户端会话'),
      description: text('Client sessions of every member.', '每个成员的客户端会话数。'),
      width: 8,
      height: 8,
      unit: 'short',
      min: 0,
      links: [toServer],
      noValue: NO_ANSWER,
      queries: [
        { expr: `sum by (instance) (pgfleet_postgres_connections${CLUSTER})`, legend: '{{instance}}' },
      ],
    }),
    timeSeries({
      title: text('WAL written or replayed', 'WAL 写入或重放'),
      description: text(
        'Bytes of WAL per second: written by the primary, replayed by standbys. A standby below the primary falls behind.',
        '每秒 WAL 字节数：主库写入，备库重放。低于主库的备库正在落后。',
      ),
      width: 8,
      height: 8,
      unit: 'Bps',
      min: 0,
      links: [toServer],
      noValue: NO_ANSWER,
      queries: [
        {
          expr: sumRate(`pgfleet_postgres_wal_position_bytes_total${CLUSTER}`, 'instance'),
          legend: '{{instance}}',
        },
      ],
    }),
  ],
};

const backups: Section = {
  title: text('Backups', '备份'),
  panels: [
    table({
      title: text('Backups', '备份'),
      description: text(
        'The newest good backup of every type, as pgBackRest, Barman or WAL-G tells of it. Empty: no host tells of any.',
        '每种类型最近一次有效备份，由 pgBackRest、Barman 或 WAL-G 报告。为空：没有主机报告备份。',
      ),
      width: 16,
      height: 7,
      noValue: text('no backup is known', '没有已知的备份'),
      joinBy: 'key',
      queries: BACKUP_COLUMNS.map(([refId, expr]) => ({ refId, expr: byBackup(refId === 'A', expr) })),
      columns: [
        { field: 'tool', title: text('Tool', '工具') },
        { field: 'stanza', title: text('Stanza', 'Stanza') },
        { field: 'repo', title: text('Repository', '仓库'), width: 100 },
        { field: 'type', title: text('Type', '类型'), width: 80 },
        { field: 'Value #A', title: text('Age', '距今'), unit: 's', width: 110 },
        { field: 'Value #B', title: text('Took', '耗时'), unit: 's', width: 110 },
        { field: 'Value #C', title: text('Data', '数据量'), unit: 'bytes', width: 110 },
        { field: 'Value #D', title: text('Stored', '占用'), unit: 'bytes', width: 110 },
        { field: 'Value #E', title: text('Kept', '保留份数'), width: 90 },
      ],
    }),
    timeSeries({
      title: text('WAL not in the archive', '未归档的 WAL'),
      description: text(
        'WAL written and not yet in the archive of the backup tool, as it last told: a sawtooth is right, a slope is not.',
        '已写入但尚未进入备份工具归档的 WAL（以其最近报告为准）：锯齿正常，持续上升则不正常。',
      ),
      width: 8,
      height: 7,
      unit: 'bytes',
      min: 0,
      noValue: text('no archive is known', '没有已知的归档'),
      queries: [
        {
          expr: `clamp_min(scalar(max(pgfleet_postgres_wal_position_bytes_total${CLUSTER})) - max by (tool, stanza, repo) (pgfleet_backup_wal_archived_position_bytes${CLUSTER}), 0)`,
          legend: '{{tool}} {{stanza}} {{repo}}',
        },
      ],
    }),
  ],
};

export const dashboard: Page = {
  id: 'pgfleet-cluster',
  title: text('Cluster', '集群'),
  description: text(
    'The servers that hold the same data: who is primary, who follows, who is behind.',
    '保存同一份数据的服务器：谁是主库，谁在跟随，谁落后。',
  ),
  variables: [
    {
      name: 'cluster',
      label: text('Cluster', '集群'),
      query: 'label_values(pgfleet_registry_server_info, cluster)',
      choice: 'one',
    },
  ],
  sections: [roles, members, alertSection('cluster="$cluster"'), work, backups],
};

import type { Page, Section } from './panels/page.ts';
import { COLOR, goodAtZero, NEUTRAL, type Step } from './panels/palette.ts';
import { THIS_SERVER } from './panels/selector.ts';
import { stat } from './panels/stat.ts';
import { STATE_STEPS, stateNames, valueMapping } from './panels/state.ts';
import { table } from './panels/table.ts';
import { text } from './panels/text.ts';
import { timeSeries } from './panels/time-series.ts';
import { alertSection } from './sections/alerts.ts';
import { serverDurability } from './sections/server-durability.ts';
import { serverLoad } from './sections/server-load.ts';
import { serverSessions } from './sections/server-sessions.ts';

const NO_ANSWER = text('no answer', '无应答');
const NONE = text('none', '无');

/** A share of a limit: half is fine, nearly all is not. */
const SHARE: readonly Step[] = [
  { from: null, color: COLOR.ok },
  { from: 0.8, color: COLOR.warning },
  { from: 0.95, color: COLOR.critical },
];

const identity: Section = {
  panels: [
    stat({
      title: text('State', '状态'),
      description: text(
        'The worst thing known about this server: not observed, a critical alert, a warning, or nothing.',
        '关于该服务器的最差状态：未观测到、严重告警、警告，或正常。',
      ),
      width: 3,
      height: 4,
      unit: 'none',
      steps: STATE_STEPS,
      mappings: stateNames,
      noValue: text('not declared', '未登记'),
      queries: [{ expr: `max(pgfleet:server_state${THIS_SERVER})` }],
    }),
    stat({
      title: text('Version', '版本'),
      description: text('The version the server reports.', '服务器报告的版本。'),
      width: 3,
      height: 4,
      unit: 'none',
      display: 'name',
      noValue: NO_ANSWER,
      queries: [{ expr: `group by (short_version) (pg_static${THIS_SERVER})`, legend: '{{short_version}}' }],
    }),
    stat({
      title: text('Role', '角色'),
      description: text('Whether the server is in recovery.', '服务器是否处于恢复状态。'),
      width: 3,
      height: 4,
      unit: 'none',
      mappings: (locale) => [
        valueMapping([
          [0, text('Primary', '主库')[locale]],
          [1, text('Standby', '备库')[locale]],
        ]),
      ],
      noValue: NO_ANSWER,
      queries: [{ expr: `max(pg_replication_is_replica${THIS_SERVER})` }],
    }),
    stat({
      title: text('Up for', '已运行'),
      description: text('Time since the postmaster was started.', '自 postmaster 启动以来的时间。'),
      width: 4,
      height: 4,
      unit: 's',
      decimals: 1,
      noValue: NO_ANSWER,
      queries: [{ expr: `time() - max(pg_postmaster_start_time_seconds${THIS_SERVER})` }],
    }),
    stat({
      title: text('Connections', '连接占用'),
      description: text(
        'Client sessions as a share of max_connections.',
        '客户端会话占 max_connections 的比例。',
      ),
      width: 3,
      height: 4,
      unit: 'percentunit',
      decimals: 0,
      steps: SHARE,
      noValue: NO_ANSWER,
      queries: [{ expr: `max(pgfleet:connections_used:ratio${THIS_SERVER})` }],
    }),
    stat({
      title: text('Oldest transaction', '最老事务'),
      description: text(
        'Age of the oldest open transaction of a client. It holds back vacuum in every database.',
        '客户端最老的未结束事务的时长。它会阻碍所有数据库的清理。',
      ),
      width: 4,
      height: 4,
      unit: 's',
      decimals: 0,
      steps: NEUTRAL,
      noValue: NONE,
      queries: [{ expr: `max(pgfleet_postgres_oldest_transaction_seconds${THIS_SERVER})` }],
    }),
    stat({
      title: text('Blocked sessions', '被阻塞会话'),
      description: text(
        'Sessions that wait for a lock another session holds.',
        '正在等待其他会话所持锁的会话。',
      ),
      width: 4,
      height: 4,
      unit: 'short',
      steps: goodAtZero(COLOR.warning),
      queries: [{ expr: `sum(pgfleet_postgres_blocked_sessions${THIS_SERVER}) or vector(0)` }],
    }),
  ],
};

export const dashboard: Page = {
  id: 'pgfleet-instance',
  title: text('Server', '服务器'),
  description: text(
    'One PostgreSQL server: what it is, what it does, what it waits for.',
    '单台 PostgreSQL 服务器：它是什么、在做什么、在等待什么。',
  ),
  variables: [
    {
      name: 'instance',
      label: text('Server', '服务器'),
      query: 'label_values(pgfleet_registry_server_info, instance)',
      choice: 'one',
    },
  ],
  sections: [
    identity,
    alertSection('instance="$instance"'),
    serverLoad,
    serverSessions,
    serverDurability,
    {
      title: text('Maintenance', '维护'),
      panels: [
        timeSeries({
          title: text('Age against freeze limit', '事务年龄与冻结上限'),
          description: text(
            'Age of the oldest transaction of each database as a share of autovacuum_freeze_max_age. Above 1 vacuum has fallen behind.',
            '各数据库最老事务的年龄占 autovacuum_freeze_max_age 的比例。大于 1 表示清理落后。',
          ),
          width: 8,
          height: 8,
          unit: 'percentunit',
          min: 0,
          noValue: NO_ANSWER,
          queries: [
            {
              expr: `max by (datname) (pgfleet_postgres_database_xid_freeze_ratio${THIS_SERVER})`,
              legend: '{{datname}}',
            },
          ],
        }),
        timeSeries({
          title: text('What holds back vacuum', '阻碍清理的因素'),
          description: text(
            'Transactions since the oldest snapshot that must be kept, by what holds it: a session, a slot, a standby, a prepared transaction.',
            '自必须保留的最老快照以来的事务数，按持有者划分：会话、复制槽、备库、预备事务。',
          ),
          width: 8,
          height: 8,
          unit: 'short',
          min: 0,
          noValue: NONE,
          queries: [
            { expr: `max by (holder) (pgfleet_postgres_xmin_age${THIS_SERVER})`, legend: '{{holder}}' },
          ],
        }),
        table({
          title: text('Running maintenance', '正在进行的维护'),
          description: text(
            'Commands that report their progress: vacuum, index builds, base backups, copies.',
            '报告进度的命令：清理、建索引、基础备份、数据复制。',
          ),
          width: 8,
          height: 8,
          noValue: text('none runs', '没有正在运行的'),
          queries: [
            { expr: `max by (command, datname, phase) (pgfleet_postgres_progress_ratio${THIS_SERVER})` },
          ],
          columns: [
            { field: 'command', title: text('Command', '命令') },
            { field: 'datname', title: text('Database', '数据库') },
            { field: 'phase', title: text('Phase', '阶段') },
            { field: 'Value', title: text('Done', '完成'), unit: 'percentunit', decimals: 0, width: 80 },
          ],
        }),
      ],
    },
  ],
};

/**
 * Source: pg_stat_database_conflicts,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-CONFLICTS-VIEW
 * Shape:  one row per database
 * Units:  queries canceled
 * Needs:  nothing   Cost: reads the shared statistics once
 * Absent when: never, but only standbys cancel queries for recovery; logical slots before 16
 */
import { counter, untyped } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { labelsOf, numberOf } from '../rows.ts';

const LABELS = ['datid', 'datname', 'server'] as const;
const metrics = {
  confl_tablespace: counter(
    'pg_stat_database_conflicts_confl_tablespace',
    'Number of queries in this database that have been canceled due to dropped tablespaces.',
    LABELS,
  ),
  confl_lock: counter(
    'pg_stat_database_conflicts_confl_lock',
    'Number of queries in this database that have been canceled due to lock timeouts.',
    LABELS,
  ),
  confl_snapshot: counter(
    'pg_stat_database_conflicts_confl_snapshot',
    'Number of queries in this database that have been canceled due to old snapshots.',
    LABELS,
  ),
  confl_bufferpin: counter(
    'pg_stat_database_conflicts_confl_bufferpin',
    'Number of queries in this database that have been canceled due to pinned buffers.',
    LABELS,
  ),
  confl_deadlock: counter(
    'pg_stat_database_conflicts_confl_deadlock',
    'Number of queries in this database that have been canceled due to deadlocks.',
    LABELS,
  ),
  confl_active_logicalslot: untyped(
    'pg_stat_database_conflicts_confl_active_logicalslot',
    'Number of uses of logical slots in this database that have been canceled.',
    LABELS,
  ),
};

const COLUMNS =
  'datid::text as datid, datname, confl_tablespace, confl_lock, confl_snapshot, confl_bufferpin, confl_deadlock';

export const collector = {
  name: 'stat_database_conflicts',
  help: 'Queries that a standby canceled because they stood in the way of replay.',
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    { sql: `select ${COLUMNS} from pg_stat_database_conflicts` },
    {
      minVersion: 160_000,
      sql: `select ${COLUMNS}, confl_active_logicalslot from pg_stat_database_conflicts`,
    },
  ],
  *samples(rows, { server }) {
    for (const row of rows) {
      const labels = { ...labelsOf(row, ['datid', 'datname']), server };
      for (const [column, metric] of Object.entries(metrics)) {
        if (column in row) yield metric(labels, numberOf(row, column));
      }
    }
  },
} satisfies PostgresCollector;

/**
 * Source: pg_prepared_xacts, https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html
 * Shape:  one row per database that has any
 * Units:  transactions; seconds; transaction ids
 * Needs:  nothing   Cost: reads shared memory and takes no heavy lock
 * Absent when: no prepared transaction exists: the count is 0 then, the ages are absent
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, type Row, textOf } from '../rows.ts';

const count = gauge('pgfleet_postgres_prepared_transactions', 'Transactions prepared and not ended.', [
  'datname',
]);
const oldestSeconds = gauge(
  'pgfleet_postgres_prepared_transactions_oldest_seconds',
  'Age of the oldest prepared transaction.',
  ['datname'],
);
const oldestXids = gauge(
  'pgfleet_postgres_prepared_transactions_oldest_xid_age',
  'Transactions since the oldest prepared transaction began: how far it holds back vacuum.',
  ['datname'],
);

const SQL = `
select d.datname, count(p.gid) as transactions,
  extract(epoch from now() - min(p.prepared))::float8 as oldest_seconds, max(age(p.transaction)) as oldest_xids
from pg_database d left join pg_prepared_xacts p on p.database = d.datname
where d.datallowconn
group by d.datname`;

export const collector = {
  name: 'prepared_transactions',
  help: 'Whether transactions were prepared and forgotten, which blocks vacuum for ever.',
  metrics: [count, oldestSeconds, oldestXids],
  scope: 'instance',
  queries: [{ sql: SQL }],
  *samples(rows: readonly Row[]): Generator<Sample> {
    for (const row of rows) {
      const labels = { datname: textOf(row, 'datname') };
      yield count(labels, numberOf(row, 'transactions'));
      yield oldestSeconds(labels, numberOf(row, 'oldest_seconds'));
      yield oldestXids(labels, numberOf(row, 'oldest_xids'));
    }
  },
} satisfies PostgresCollector;

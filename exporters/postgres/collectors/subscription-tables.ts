/**
 * Source: pg_subscription_rel, https://www.postgresql.org/docs/current/catalog-pg-subscription-rel.html
 * Shape:  one row per subscription and state of its tables
 * Units:  tables
 * Needs:  nothing   Cost: reads one small catalog per database
 * Absent when: the database has no subscriptions; PostgreSQL 9.6
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['datname', 'subname', 'state'] as const;
const tables = gauge(
  'pgfleet_postgres_subscription_tables',
  'Tables of a subscription by state; all but "ready" are not yet replicated in full.',
  LABELS,
);

/** pg_stat_subscription names subscriptions to everybody, pg_subscription does not in all versions. */
const SQL = `select current_database() as datname, subname,
  case srsubstate when 'i' then 'initialize' when 'd' then 'copying' when 'f' then 'copied'
    when 's' then 'synchronized' when 'r' then 'ready' else srsubstate::text end as state, count(*) as tables
from pg_subscription_rel join (select distinct subid, subname from pg_stat_subscription) s on subid = srsubid
group by 1, 2, 3`;

export const collector = {
  name: 'subscription_tables',
  help: 'How far the initial copy of replicated tables is.',
  scope: 'database',
  metrics: [tables],
  timeoutSeconds: 5,
  queries: [{ minVersion: 100_000, sql: SQL }],
  samples: (rows) => columnSamples(rows, { tables }, LABELS),
} satisfies PostgresCollector;

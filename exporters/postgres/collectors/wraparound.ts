/**
 * Source: pg_database.datfrozenxid and datminmxid, https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
 * Shape:  one row per database, templates included: they wrap around too
 * Units:  transaction ids; multixact ids; share of the age at which an emergency vacuum starts
 * Needs:  nothing   Cost: reads one small catalog
 * Absent when: never
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['datname'] as const;

const metrics = {
  xid_age: gauge(
    'pgfleet_postgres_database_xid_age',
    'Transactions since the oldest one that is not frozen; at two billion the server stops.',
    LABELS,
  ),
  mxid_age: gauge(
    'pgfleet_postgres_database_multixact_age',
    'Multixacts since the oldest one that is not frozen; at two billion the server stops.',
    LABELS,
  ),
  xid_ratio: gauge(
    'pgfleet_postgres_database_xid_freeze_ratio',
    'Age of the oldest transaction as share of autovacuum_freeze_max_age; above 1 vacuum falls behind.',
    LABELS,
  ),
  mxid_ratio: gauge(
    'pgfleet_postgres_database_multixact_freeze_ratio',
    'Age of the oldest multixact as share of autovacuum_multixact_freeze_max_age; above 1 vacuum falls behind.',
    LABELS,
  ),
} as const;

const SQL = `
select datname, xid_age, mxid_age, xid_age / current_setting('autovacuum_freeze_max_age')::float8 as xid_ratio,
  mxid_age / current_setting('autovacuum_multixact_freeze_max_age')::float8 as mxid_ratio
from (
  select datname, age(datfrozenxid)::float8 as xid_age, mxid_age(datminmxid)::float8 as mxid_age from pg_database
) as ages`;

export const collector = {
  name: 'wraparound',
  help: 'How far each database is from running out of transaction and multixact ids.',
  metrics: Object.values(metrics),
  scope: 'instance',
  queries: [{ sql: SQL }],
  samples: (rows) => columnSamples(rows, metrics, LABELS),
} satisfies PostgresCollector;

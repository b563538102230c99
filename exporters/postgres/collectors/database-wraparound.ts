/**
 * Source: pg_database.datfrozenxid and datminmxid, https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
 * Shape:  one row per database
 * Units:  transaction ids and multixact ids: the peer's names say seconds, and are kept for its dashboards
 * Needs:  nothing   Cost: reads one small catalog
 * Absent when: off, as by default: wraparound has the same numbers under names that say what they are
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const metrics = {
  xids: gauge(
    'pg_database_wraparound_age_datfrozenxid_seconds',
    'Age of the oldest transaction ID that has not been frozen.',
    ['datname'],
  ),
  mxids: gauge(
    'pg_database_wraparound_age_datminmxid_seconds',
    'Age of the oldest multi-transaction ID that has been replaced with a transaction ID.',
    ['datname'],
  ),
};

export const collector = {
  name: 'database_wraparound',
  help: 'Distance to wraparound under the names of the peers.',
  enabledByDefault: false,
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    {
      sql: `select datname, age(datfrozenxid) as xids, mxid_age(datminmxid) as mxids
from pg_database where datallowconn`,
    },
  ],
  samples: (rows) => columnSamples(rows, metrics, ['datname']),
} satisfies PostgresCollector;

/**
 * Source: pg_extension, from 13 on with pg_available_extensions,
 *         https://www.postgresql.org/docs/current/view-pg-available-extensions.html
 * Shape:  one row per extension of a database
 * Units:  always 1
 * Needs:  nothing   Cost: the server reads the control files of its extensions, once an hour
 * Absent when: never: plpgsql is everywhere; of the catalog's facts, those about extensions it does not know; before 13 what is available, as one file made for a newer server
 *         ("trusted") makes the whole view fail there
 */
import { releaseLine } from '../../../catalog/releases.ts';
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { labelsOf } from '../rows.ts';

const LABELS = ['datname', 'extension', 'version', 'available'] as const;
const info = gauge(
  'pgfleet_postgres_extension_info',
  'Extensions of the database, always 1; available is the version that ALTER EXTENSION UPDATE would bring.',
  LABELS,
);
const outdated = gauge(
  'pgfleet_postgres_extension_outdated',
  'Whether a newer version of the extension lies on the server than the database uses.',
  ['datname', 'extension'],
);

const superseded = gauge(
  'pgfleet_postgres_extension_superseded_timestamp_seconds',
  'When the release line after that of the extension came, by the catalog: the older one gets no more fixes, as a rule.',
  ['datname', 'extension'],
);
const patchMissing = gauge(
  'pgfleet_postgres_extension_patch_missing',
  'Whether the release line of the extension has a later patch, by the catalog.',
  ['datname', 'extension'],
);

const COLUMNS = 'current_database() as datname, extname as extension, extversion as version';

export const collector = {
  name: 'extensions',
  help: 'Extensions in use, and which of them were not updated after an upgrade.',
  scope: 'database',
  metrics: [info, outdated, superseded, patchMissing],
  ttlSeconds: 3600,
  timeoutSeconds: 5,
  seriesLimit: 50_000,
  queries: [
    { sql: `select ${COLUMNS}, null as available from pg_extension` },
    {
      minVersion: 130_000,
      sql: `select ${COLUMNS}, default_version as available
from pg_extension left join pg_available_extensions on name = extname`,
    },
  ],
  *samples(rows, _facts, { catalog }) {
    for (const row of rows) {
      const labels = labelsOf(row, LABELS);
      yield info(labels, 1);
      const { datname, extension, version, available } = labels;
      if (available !== '') yield outdated({ datname, extension }, version === available ? 0 : 1);
      const line = releaseLine(catalog.components, extension, version);
      if (line?.supersededOn !== undefined)
        yield superseded({ datname, extension }, line.supersededOn / 1000);
      if (line?.patchMissing !== undefined)
        yield patchMissing({ datname, extension }, Number(line.patchMissing));
    }
  },
} satisfies PostgresCollector;

/**
 * Source: the server's version against catalog/postgresql.yml, https://www.postgresql.org/support/versioning/
 * Shape:  one row, "15.18 (Debian 15.18-0+deb12u1)"
 * Units:  seconds since the epoch; releases
 * Needs:  nothing   Cost: none
 * Absent when: the catalog does not know the version, or was not checked for long: known is 0 then, and nothing else
 *         is said; the releases behind, when none is known and a newer one must have come since
 */
import { majorOf, minorLag, postgresMajor } from '../../../catalog/postgresql.ts';
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { Knowledge, PostgresCollector } from '../postgres-collector.ts';
import { type Row, textOf } from '../rows.ts';

const known = gauge(
  'pgfleet_postgres_support_known',
  'Whether the catalog knows until when the major version of the server is supported, and is fresh enough to say so.',
);
const eol = gauge(
  'pgfleet_postgres_eol_timestamp_seconds',
  'When the community ends its support of the major version of the server.',
);
const behind = gauge(
  'pgfleet_postgres_minor_releases_behind',
  'Minor releases of its major version that came after the one the server runs, as far as the catalog knows.',
);
const missingSince = gauge(
  'pgfleet_postgres_minor_missing_since_timestamp_seconds',
  'When the first minor release that the server misses was tagged.',
);

export const collector = {
  name: 'support',
  help: 'How long the version of the server is still supported, and how far it is behind.',
  metrics: [known, eol, behind, missingSince],
  scope: 'instance',
  ttlSeconds: 300,
  queries: [{ sql: `select current_setting('server_version') as version` }],
  *samples(rows, _facts, knowledge) {
    for (const row of rows) yield* supportSamples(row, knowledge);
  },
} satisfies PostgresCollector;

function* supportSamples(row: Row, { catalog: { postgresql }, now }: Knowledge): Generator<Sample> {
  const version = /^\d+\.\d+(?:\.\d+)?/.exec(textOf(row, 'version'))?.[0];
  // A beta has no minor: nobody supports it, and no date says so.
  const support = version === undefined ? undefined : postgresMajor(postgresql, majorOf(version), now);
  yield known(support === undefined || support.status === 'unknown' ? 0 : 1);
  if (version === undefined || support === undefined) return;
  if (support.eol !== undefined) yield eol(support.eol / 1000);
  const lag = minorLag(postgresql, version);
  // After a release day that the catalog has not seen, "none missing" would be a guess.
  if (lag?.behind !== 0 || support.latestMinorStale !== true) yield behind(lag?.behind);
  if (lag?.missingSince !== undefined) yield missingSince(lag.missingSince / 1000);
}

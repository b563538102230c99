/**
 * Source: the server's version against catalog/postgresql.yml, https://www.postgresql.org/support/versioning/, and
 *         where a provider runs it (known by settings and functions of its own) against catalog/services.yml
 * Shape:  one row, "15.18 (Debian 15.18-0+deb12u1)", null or the service
 * Units:  seconds since the epoch; releases
 * Needs:  nothing   Cost: none
 * Absent when: the catalog does not know the version, or was not checked for long: known is 0 then, and nothing else
 *         is said; the releases behind, when none is known and a newer one must have come since
 */
import { majorOf, minorLag, postgresMajor } from '../../../catalog/postgresql.ts';
import { releaseSupport } from '../../../catalog/releases.ts';
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { Knowledge, PostgresCollector } from '../postgres-collector.ts';
import { type Row, textOf } from '../rows.ts';

const known = gauge(
  'pgfleet_postgres_support_known',
  'Whether the catalog knows until when the major version of the server is supported, and is fresh enough to say so.',
);
const eol = gauge(
  'pgfleet_postgres_eol_timestamp_seconds',
  'When the support of the major version of the server ends: by the community, or by the provider of the service.',
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
  queries: [
    {
      sql: `select current_setting('server_version') as version,
  case when to_regproc('aurora_version') is not null then 'amazon-aurora-postgresql'
    when current_setting('rds.extensions', true) is not null then 'amazon-rds-postgresql'
    when current_setting('azure.extensions', true) is not null then 'azure-database-for-postgresql'
  end as service`,
    },
  ],
  *samples(rows, _facts, knowledge) {
    for (const row of rows) yield* supportSamples(row, knowledge);
  },
} satisfies PostgresCollector;

function* supportSamples(row: Row, { catalog: { postgresql, services }, now }: Knowledge): Generator<Sample> {
  const version = /^\d+\.\d+(?:\.\d+)?/.exec(textOf(row, 'version'))?.[0];
  // A beta has no minor: nobody supports it, and no date says so.
  if (version === undefined) return void (yield known(0));
  const major = majorOf(version);
  const community = postgresMajor(postgresql, major, now);
  // Who runs it as a service supports it, and stops on another day.
  const service = textOf(row, 'service');
  const support = service === '' ? community : releaseSupport(services, service, major, now);
  yield known(support.status === 'unknown' ? 0 : 1);
  if (support.eol !== undefined) yield eol(support.eol / 1000);
  const lag = minorLag(postgresql, version);
  // After a release day that the catalog has not seen, "none missing" would be a guess.
  if (lag?.behind !== 0 || community.latestMinorStale !== true) yield behind(lag?.behind);
  if (lag?.missingSince !== undefined) yield missingSince(lag.missingSince / 1000);
}

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PostgresCollector } from '../../exporters/postgres/postgres-collector.ts';
import { SELF_METRICS } from '../../exporters/postgres/self-metrics.ts';
import { loadUnits } from '../../lib/units.ts';

/** Every family of postgres_exporter is ours as well: same name, type and labels. These are not, each for its reason. */
const INTENDED: Readonly<Record<string, string>> = {
  pg_exporter_user_queries_load_error: 'a file that is not right is refused with the configuration',
  postgres_exporter_config_last_reload_successful:
    'about the other program: pgfleet_config_last_reload_successful',
  postgres_exporter_config_last_reload_success_timestamp_seconds: 'about the other program',
  postgres_exporter_build_info: 'about the other program: pgfleet_build_info',
  pg_process_idle_seconds: 'the same series, declared one by one; and every application instead of the first',
  pg_stat_replication_pg_current_wal_lsn_bytes: 'no pid: it would make new series at every reconnection',
  pg_stat_replication_pg_wal_lsn_diff: 'no pid, as above',
  pg_stat_replication_pg_xlog_location_diff: 'no pid, as above',
  pg_statio_user_indexes_idx_blks_read_total: 'with datname: there are several databases',
  pg_statio_user_indexes_idx_blks_hit_total: 'with datname, as above',
};

const units = await loadUnits<PostgresCollector>(
  new URL('../../exporters/postgres/collectors/', import.meta.url),
  'collector',
);
const ours = new Map(
  [...units.flatMap(({ value }) => value.metrics), ...SELF_METRICS].map(({ family }) => [
    family.name,
    describeFamily(family.type, family.labels),
  ]),
);
const theirs = readFileSync(new URL('../fixtures/postgres-exporter/families.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [name = '', type = '', labels = ''] = line.split('\t');
    return { name, form: describeFamily(type, labels === '' ? [] : labels.split(',')) };
  });

function describeFamily(type: string, labels: readonly string[]): string {
  return `${type} {${[...labels].sort().join(',')}}`;
}

it('declares every family of postgres_exporter with its type and labels', () => {
  expect(theirs.length).toBeGreaterThan(130);
  expect(
    theirs
      .filter(({ name, form }) => !(name in INTENDED) && ours.get(name) !== form)
      .map(({ name, form }) => `${name}: ${form} is ${ours.get(name) ?? 'absent'}`),
  ).toEqual([]);
});

it('lists no intended difference that there is not', () => {
  const same = theirs.filter(({ name, form }) => ours.get(name) === form).map(({ name }) => name);
  const unknown = Object.keys(INTENDED).filter((name) => !theirs.some((family) => family.name === name));

  expect(Object.keys(INTENDED).filter((name) => same.includes(name))).toEqual([]);
  expect(unknown).toEqual([]);
});

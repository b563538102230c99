import { expect, it } from 'vitest';
import { PostgresFailure } from './failure.ts';
import { roundSamples } from './round-metrics.ts';

it('tells the age of what was read and why the last visit gave nothing, and no age before the first', () => {
  const samples = roundSamples(
    1,
    [
      { name: 'shop', visitedAt: 90_000, failure: new PostgresFailure('lock', 'locked') },
      { name: 'new', visitedAt: undefined, failure: undefined },
    ],
    100_000,
  );

  expect(samples.map(({ family, labels, value }) => [family.name, labels, value])).toEqual([
    ['pgfleet_postgres_databases_waiting', {}, 1],
    ['pgfleet_postgres_database_visit_age_seconds', { datname: 'shop' }, 10],
    ['pgfleet_postgres_database_error', { datname: 'shop', reason: 'lock' }, 1],
  ]);
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-database.ts';

it('keeps the shared objects out of the databases, except for their checksums', () => {
  const shop = {
    datid: '16384',
    datname: 'shop',
    xact_commit: 12,
    stats_reset: null,
    checksum_failures: 0,
    checksum_last_failure: null,
  };
  const shared = { ...shop, datid: '0', datname: null, xact_commit: 0, checksum_failures: 2 };

  const { text } = render(collector.samples([shop, shared]), 'text');

  expect(text).toContain('pg_stat_database_xact_commit{datid="16384",datname="shop"} 12\n');
  expect(text).toContain('pgfleet_postgres_database_checksum_failures_total{datname="shop"} 0\n');
  expect(text).toContain('pgfleet_postgres_database_checksum_failures_total 2\n');
  expect(text).not.toContain('datid="0"');
  expect(text).not.toContain('stats_reset');
});

it('asks each version for what it has', () => {
  const asks = (version: number) =>
    collector.queries.filter(({ minVersion = 0 }) => minVersion <= version).at(-1)?.sql ?? '';

  expect(asks(110_000)).not.toContain('checksum_failures');
  expect(asks(120_000)).toContain('checksum_failures');
  expect(asks(130_000)).not.toContain('session_time');
  expect(asks(140_000)).toContain('session_time');
  expect(asks(180_000)).toContain('parallel_workers_launched');
});

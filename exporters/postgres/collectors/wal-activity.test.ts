import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './wal-activity.ts';

it('gives an old server its position and nothing it does not count', () => {
  expect(render(collector.samples([{ position: 1024 }]), 'text').text).toBe(
    '# HELP pgfleet_postgres_wal_position_bytes_total WAL position in bytes: written on a primary, replayed on a standby.\n' +
      '# TYPE pgfleet_postgres_wal_position_bytes_total counter\npgfleet_postgres_wal_position_bytes_total 1024\n',
  );
});

it('uses the names of its own time on 9.6', () => {
  expect(collector.queries[0]?.sql).toContain('pg_last_xlog_replay_location');
  expect(collector.queries[1]?.sql).not.toContain('xlog');
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { collector } from './stat-replication.ts';

const row = {
  application_name: 'standby',
  client_addr: '10.0.0.2',
  slot_name: '',
  state: 'streaming',
  sync_state: 'async',
  current: 1000,
  sent_behind: 0,
  replay_behind: 400,
  replay_seconds: null,
};

it('tells how far a standby is behind', () => {
  const { text } = render(collector.samples([row], foreignFacts('', 150_000, 'a')), 'text');

  expect(text).toContain(
    'pg_stat_replication_pg_wal_lsn_diff{application_name="standby",client_addr="10.0.0.2",state="streaming"} 400\n',
  );
  expect(text).toContain(
    'pgfleet_postgres_replication_replay_behind_bytes{application_name="standby",client_addr="10.0.0.2"} 400\n',
  );
  expect(text).not.toContain('replay_lag_seconds{');
});

it('has the older name before 10', () => {
  const { text } = render(collector.samples([row], foreignFacts('', 90_624, 'a')), 'text');

  expect(text).toContain('pg_stat_replication_pg_xlog_location_diff{');
  expect(text).not.toContain('pg_wal_lsn_diff');
});

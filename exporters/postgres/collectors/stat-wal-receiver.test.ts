import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-wal-receiver.ts';

const row = {
  upstream_host: 'db1',
  upstream_port: '5432',
  slot_name: '',
  status: 'streaming',
  receive_start_lsn: 50,
  flushed_lsn: 60,
  received_tli: 1,
  message_age: 0.2,
};

it('tells where a standby is fed from', () => {
  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pgfleet_postgres_wal_receiver_running 1\n');
  expect(text).toContain('pg_stat_wal_receiver_flushed_lsn{upstream_host="db1",status="streaming"} 60\n');
  expect(text).toContain(
    'pgfleet_postgres_upstream_info{upstream_host="db1",upstream_port="5432",status="streaming"} 1\n',
  );
});

it('says that a standby is cut off', () => {
  expect(render(collector.samples([]), 'text').text).toContain('pgfleet_postgres_wal_receiver_running 0\n');
});

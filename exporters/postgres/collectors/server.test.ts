import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { collector } from './server.ts';

const row = {
  is_replica: true,
  started: 1_700_000_000.5,
  config_loaded: 1_700_000_001,
  now: 1_700_000_100.25,
  system_identifier: '7710913419335616730',
  timeline: 3,
  last_checkpoint: 1_700_000_050,
  cluster_name: 'shop',
};

it('tells role, identity and times', () => {
  const { text } = render(collector.samples([row], foreignFacts('', 150_018, 'a')), 'text');

  expect(text).toContain('pg_replication_is_replica 1\n');
  expect(text).toContain('pg_postmaster_start_time_seconds 1700000000.5\n');
  expect(text).toContain('pgfleet_postgres_timeline 3\n');
  expect(text).toContain('pgfleet_postgres_last_checkpoint_timestamp_seconds 1700000050\n');
  expect(text).toContain(
    'pgfleet_postgres_server_info{system_identifier="7710913419335616730",version="15.18.0",major="15",cluster_name="shop"} 1\n',
  );
});

it('names majors before 10 by two numbers', () => {
  const { text } = render(collector.samples([row], foreignFacts('', 90_624, 'a')), 'text');

  expect(text).toContain('version="9.6.24",major="9.6"');
});

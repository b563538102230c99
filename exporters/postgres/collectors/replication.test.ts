import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './replication.ts';

it('tells how far a standby is behind', () => {
  const row = { lag: 2.5, last_replay: 2.5, replay_bytes: 1024, paused: true };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pg_replication_lag_seconds 2.5\n');
  expect(text).toContain('pgfleet_postgres_standby_replay_behind_bytes 1024\n');
  expect(text).toContain('pgfleet_postgres_standby_replay_paused 1\n');
});

it('says of a primary only that it is not behind', () => {
  const row = { lag: 0, last_replay: null, replay_bytes: null, paused: null };

  const { text } = render(collector.samples([row]), 'text');

  expect(text.match(/^pg\S* \S+$/gm)).toEqual(['pg_replication_lag_seconds 0']);
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './other-clients.ts';

const lines = (row: Parameters<typeof collector.samples>[0][number]) =>
  render(collector.samples([row]), 'text')
    .text.split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

it('says who is there and when they last worked', () => {
  expect(lines({ sessions: 3, hidden: 1, last_active: 1_800_000_000.5 })).toEqual([
    'pgfleet_postgres_other_clients 3',
    'pgfleet_postgres_other_clients_hidden 1',
    'pgfleet_postgres_other_clients_active_timestamp_seconds 1800000000.5',
  ]);
});

it('has no time without a session', () => {
  expect(lines({ sessions: 0, hidden: 0, last_active: null })).toEqual([
    'pgfleet_postgres_other_clients 0',
    'pgfleet_postgres_other_clients_hidden 0',
  ]);
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './connections.ts';

const nothing = { transaction_seconds: null, query_seconds: null, idle_in_transaction_seconds: null };
const rows = [
  {
    ...nothing,
    datname: 'shop',
    state: 'idle',
    backend_type: 'client backend',
    wait_event_type: 'Client',
    sessions: 3,
  },
  {
    ...nothing,
    datname: 'shop',
    state: 'active',
    backend_type: 'client backend',
    wait_event_type: 'Lock',
    sessions: 2,
    transaction_seconds: 40,
    query_seconds: 12,
  },
  {
    ...nothing,
    datname: 'shop',
    state: 'active',
    backend_type: 'client backend',
    wait_event_type: null,
    sessions: 1,
    transaction_seconds: 90,
    query_seconds: 3,
  },
  {
    ...nothing,
    datname: 'shop',
    state: 'hidden',
    backend_type: 'hidden',
    wait_event_type: null,
    sessions: 4,
  },
  {
    ...nothing,
    datname: null,
    state: 'hidden',
    backend_type: 'checkpointer',
    wait_event_type: 'Activity',
    sessions: 1,
  },
];

it('sums up sessions and takes the oldest', () => {
  const { text } = render(collector.samples(rows), 'text');

  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'pgfleet_postgres_backends{backend_type="client backend"} 6',
    'pgfleet_postgres_backends{backend_type="hidden"} 4',
    'pgfleet_postgres_backends{backend_type="checkpointer"} 1',
    'pgfleet_postgres_connections{datname="shop",state="idle"} 3',
    'pgfleet_postgres_connections{datname="shop",state="active"} 3',
    'pgfleet_postgres_connections{datname="shop",state="hidden"} 4',
    'pgfleet_postgres_sessions_waiting{wait_event_type="Lock"} 2',
    'pgfleet_postgres_oldest_transaction_seconds{datname="shop"} 90',
    'pgfleet_postgres_oldest_active_query_seconds{datname="shop"} 12',
  ]);
});

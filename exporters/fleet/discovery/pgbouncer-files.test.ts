import { expect, it } from 'vitest';
import { fakeMachine, lookAround } from '../../../test/support/fake-machine.ts';
import { technique } from './pgbouncer-files.ts';

it('finds the servers behind PgBouncer and forgets their passwords', async () => {
  const ini = `;; comment
[databases]
shop = host=db1.example port=5433 password=hunter2 dbname=shop
; old = host=db0.example
local = host=127.0.0.1
socket = host=/var/run/postgresql
here = dbname=x
* = host=db9.example

[pgbouncer]
listen_addr = 0.0.0.0
logfile = host=nonsense
`;
  const { sightings } = await lookAround(technique, fakeMachine({ '/etc/pgbouncer/pgbouncer.ini': ini }));

  expect(sightings.map(({ places, machine, state }) => ({ place: places[0], machine, state }))).toEqual([
    { place: { host: 'db1.example', port: 5433 }, machine: undefined, state: 'referenced' },
    { place: { host: '127.0.0.1', port: 5432 }, machine: 'web1', state: 'referenced' },
    { place: { host: 'db9.example', port: 5432 }, machine: undefined, state: 'referenced' },
  ]);
  expect(JSON.stringify(sightings)).not.toContain('hunter2');
});

import { describe, expect, it } from 'vitest';
import { lookFrom } from '../../../test/support/fake-machine.ts';
import { parseMembers, technique } from './patroni-members.ts';

const from = { name: 'shop-1', place: { host: '10.0.0.5', port: 5432 } };
const CLUSTER = JSON.stringify({
  members: [
    {
      name: 'shop-1',
      role: 'leader',
      state: 'running',
      api_url: 'http://10.0.0.5:8008/patroni',
      host: '10.0.0.5',
      port: 5432,
      timeline: 4,
    },
    { name: 'shop-2', role: 'sync_standby', state: 'streaming', host: '10.0.0.6', port: 5432, lag: 0 },
    { name: 'shop-3', role: 'replica', state: 'stopped', host: '10.0.0.8', port: 5433, lag: 'unknown' },
    { name: 'new', role: 'replica', state: 'creating replica' },
  ],
  scope: 'shop',
});

describe('patroni-members', () => {
  it('finds every member that has an address', async () => {
    const { sightings } = await lookFrom(technique, {
      patronis: [{ ...from, cluster: async () => CLUSTER }],
    });

    expect(sightings.map(({ places, role }) => [places[0]?.host, places[0]?.port, role])).toEqual([
      ['10.0.0.5', 5432, 'primary'],
      ['10.0.0.6', 5432, 'standby'],
      ['10.0.0.8', 5433, 'standby'],
    ]);
    expect(sightings[2]?.details).toEqual({
      referenced_by: 'shop-1',
      edge: 'is member shop-3 of its Patroni cluster, stopped',
    });
  });

  it('reports another document as a gap', async () => {
    const { gaps } = await lookFrom(technique, { patronis: [{ ...from, cluster: async () => '{"a":1}' }] });

    expect(gaps).toMatchObject([{ where: 'shop-1', error: { code: 'parse' } }]);
  });

  it('takes loopback for the machine of the member that was asked', () => {
    const members = JSON.stringify({
      members: [{ name: 'a', role: 'leader', host: '127.0.0.1', port: 5432 }],
    });

    expect(parseMembers(members, from)[0]?.places).toEqual([{ host: '10.0.0.5', port: 5432 }]);
  });
});

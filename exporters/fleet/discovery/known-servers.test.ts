import { describe, expect, it } from 'vitest';
import { PgfleetError } from '../../../lib/errors.ts';
import { lookFrom } from '../../../test/support/fake-machine.ts';
import { type KnownServer, Refusal } from '../technique.ts';
import { technique } from './known-servers.ts';

const place = { host: '10.0.0.5', port: 5432 };

function server(answer: () => Record<string, unknown>): KnownServer {
  return { name: 'shop', place, query: async () => [answer()] };
}

describe('known-servers', () => {
  it.each([
    ['150018', 15],
    ['90624', 9.6],
  ])('tells identity, role and version %s', async (version, major) => {
    const row = { system_identifier: '7710876953460990554', role: 'standby', version };

    const { sightings } = await lookFrom(technique, { servers: [server(() => row)] });

    expect(sightings).toEqual([
      {
        kind: 'postgresql',
        state: 'running',
        places: [place],
        systemIdentifier: '7710876953460990554',
        majors: { from: major, to: major },
        role: 'standby',
        server: 'shop',
        details: {},
      },
    ]);
  });

  it('knows that a server which refuses us runs, and no more about it', async () => {
    const refusing = server(() => {
      throw new Refusal('permission', 'password authentication failed');
    });

    const { sightings, gaps } = await lookFrom(technique, { servers: [refusing] });

    expect(sightings).toEqual([
      { kind: 'pgwire', state: 'running', places: [place], server: 'shop', details: {} },
    ]);
    expect(gaps).toMatchObject([{ where: 'shop', error: { code: 'permission' } }]);
  });

  it('knows nothing of a server that does not answer', async () => {
    const silent = server(() => {
      throw new PgfleetError('connect', 'refused');
    });

    const { sightings, gaps } = await lookFrom(technique, { servers: [silent] });

    expect(sightings).toEqual([]);
    expect(gaps).toHaveLength(1);
  });
});

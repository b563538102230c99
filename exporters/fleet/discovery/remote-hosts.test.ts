import { describe, expect, it } from 'vitest';
import { PgfleetError } from '../../../lib/errors.ts';
import { lookFrom } from '../../../test/support/fake-machine.ts';
import type { RemoteServer } from '../technique.ts';
import { technique } from './remote-hosts.ts';

const RUNNING: RemoteServer = { dataDirectory: '/data/13', version: '13', port: 5433, running: true };
const STOPPED: RemoteServer = { dataDirectory: '/data/96', version: '9.6', port: undefined, running: false };

function host(name: string, address: string | undefined, recordedAt: number | undefined) {
  return { name, address, look: async () => ({ recordedAt, servers: [RUNNING, STOPPED] }) };
}

describe('remote-hosts', () => {
  it('finds what runs and what lies there, with the address others use', async () => {
    const { sightings } = await lookFrom(technique, { hosts: [host('db1', '10.0.0.5', undefined)] });

    expect(sightings).toEqual([
      {
        kind: 'postgresql',
        state: 'running',
        machine: 'db1',
        places: [{ host: '10.0.0.5', port: 5433 }],
        dataDirectory: '/data/13',
        majors: { from: 13, to: 13 },
        details: {},
      },
      {
        kind: 'postgresql',
        state: 'stopped',
        machine: 'db1',
        places: [],
        dataDirectory: '/data/96',
        majors: { from: 9.6, to: 9.6 },
        details: {},
      },
    ]);
  });

  it('says of what is recorded when that was', async () => {
    const recorded = host('old', undefined, Date.UTC(2026, 9, 1, 12));

    const { sightings } = await lookFrom(technique, { hosts: [recorded] });

    expect(sightings[0]).toMatchObject({
      places: [{ host: 'old', port: 5433 }],
      details: { recorded_on: '2026-10-01' },
    });
  });

  it('reports a host that does not answer as a gap, and goes on', async () => {
    const silent = {
      name: 'silent',
      address: '10.0.0.9',
      look: async () => {
        throw new PgfleetError('connect', 'refused');
      },
    };

    const { sightings, gaps } = await lookFrom(technique, { hosts: [silent, host('db1', 'db1', undefined)] });

    expect(sightings).toHaveLength(2);
    expect(gaps).toMatchObject([{ where: 'silent', error: { code: 'connect' } }]);
  });
});

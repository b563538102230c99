import { describe, expect, it } from 'vitest';
import { PgfleetError } from '../../../lib/errors.ts';
import { lookFrom } from '../../../test/support/fake-machine.ts';
import { Refusal } from '../technique.ts';
import { technique } from './pgbouncer-databases.ts';

const place = { host: '10.0.0.7', port: 6432 };

function pooler(...rows: Record<string, unknown>[]) {
  return { name: 'pool', place, show: async () => rows };
}

describe('pgbouncer-databases', () => {
  it('finds the pooler itself and every server behind it', async () => {
    const { sightings } = await lookFrom(technique, {
      poolers: [
        pooler(
          { name: 'pgbouncer', host: null, port: 6432 },
          { name: 'shop', host: 'db1,db2', port: 5433 },
          { name: 'local', host: null, port: 5432 },
          { name: 'loop', host: '127.0.0.1', port: 5434 },
          { name: 'socket', host: '/run/postgresql', port: 5432 },
        ),
      ],
    });

    expect(sightings.map(({ kind, state, places, server }) => [kind, state, places[0], server])).toEqual([
      ['pgbouncer', 'running', place, 'pool'],
      ['postgresql', 'referenced', { host: 'db1', port: 5433 }, undefined],
      ['postgresql', 'referenced', { host: 'db2', port: 5433 }, undefined],
      ['postgresql', 'referenced', { host: '10.0.0.7', port: 5432 }, undefined],
      ['postgresql', 'referenced', { host: '10.0.0.7', port: 5434 }, undefined],
    ]);
  });

  it('takes one that refuses for running, and reports the gap', async () => {
    const refusing = {
      name: 'pool',
      place,
      show: async () => {
        throw new Refusal('permission', 'no such user');
      },
    };

    const { sightings, gaps } = await lookFrom(technique, { poolers: [refusing] });

    expect(sightings).toMatchObject([{ kind: 'pgwire', state: 'running', server: 'pool' }]);
    expect(gaps).toHaveLength(1);
  });

  it('reports one that does not answer as a gap', async () => {
    const refusing = {
      name: 'pool',
      place,
      show: async () => {
        throw new PgfleetError('connect', 'refused');
      },
    };

    const { sightings, gaps } = await lookFrom(technique, { poolers: [refusing] });

    expect(sightings).toEqual([]);
    expect(gaps).toMatchObject([{ where: 'pool', error: { code: 'connect' } }]);
  });
});

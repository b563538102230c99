import { describe, expect, it } from 'vitest';
import { fakeMachine, lookAround, pgControl } from '../../../test/support/fake-machine.ts';
import { technique } from './containers.ts';

const container = (image: string, more: object = {}) => ({
  Id: 'c'.repeat(64),
  Image: image,
  Names: ['/shop'],
  State: 'running',
  Ports: [],
  ...more,
});

function engine(containers: unknown, tree = {}) {
  return fakeMachine(tree, {
    containerApi: async (socket) =>
      socket === '/var/run/docker.sock' ? JSON.stringify(containers) : undefined,
  });
}

describe('containers', () => {
  it('are found with their published ports and the data directory on the machine', async () => {
    const shop = container('postgres:15', {
      Ports: [
        { IP: '0.0.0.0', PrivatePort: 5432, PublicPort: 5440, Type: 'tcp' },
        { PrivatePort: 8008, Type: 'tcp' },
      ],
      Mounts: [
        {
          Type: 'volume',
          Source: '/var/lib/docker/volumes/x/_data',
          Destination: '/var/lib/postgresql/data',
        },
      ],
    });
    const { sightings } = await lookAround(
      technique,
      engine([shop], {
        '/var/lib/docker/volumes/x/_data/PG_VERSION': '15\n',
        '/var/lib/docker/volumes/x/_data/global/pg_control': pgControl(),
      }),
    );

    expect(sightings).toMatchObject([
      {
        kind: 'postgresql',
        state: 'running',
        container: shop.Id,
        places: [{ host: '0.0.0.0', port: 5440 }],
        systemIdentifier: '7710876953460990554',
        details: { image: 'postgres:15', container: 'shop' },
      },
    ]);
  });

  it.each([
    ['postgres', 'postgresql'],
    ['docker.io/library/postgres:10-alpine', 'postgresql'],
    ['registry.example/dba/postgresql-ha:15', 'postgresql'],
    ['timescale/timescaledb-ha:pg16', 'postgresql'],
    ['postgis/postgis:15-3.4', 'postgresql'],
    ['edoburu/pgbouncer:1.18', 'pgbouncer'],
    ['prometheuscommunity/postgres-exporter:v0.15', undefined],
    ['dpage/pgadmin4', undefined],
    ['nginx', undefined],
    ['my-postgres-client-app', undefined],
  ])('of image %s are %s', async (image, kind) => {
    const { sightings } = await lookAround(technique, engine([container(image)]));

    expect(sightings.map((sighting) => sighting.kind)).toEqual(kind === undefined ? [] : [kind]);
  });

  it('of any image count when they listen where PostgreSQL does, and stopped ones too', async () => {
    const own = container('registry.example/shop-db:7', { Ports: [{ PrivatePort: 5432 }], State: 'exited' });
    const { sightings } = await lookAround(technique, engine([own]));

    expect(sightings).toMatchObject([{ kind: 'postgresql', state: 'stopped', places: [] }]);
  });

  it.each(['no json', { message: 'page not found' }, [{ Id: 1 }]])(
    'are not guessed from %j',
    async (answer) => {
      const { sightings, gaps } = await lookAround(technique, engine(answer));

      expect(sightings).toEqual([]);
      expect(gaps).toMatchObject([{ where: 'web1', error: { code: 'parse' } }]);
    },
  );

  it('are none where there is no engine', async () => {
    expect(await lookAround(technique, fakeMachine({}))).toEqual({ sightings: [], gaps: [] });
  });
});

import { describe, expect, it } from 'vitest';
import { fakeMachine, lookAround, pgControl } from '../../../test/support/fake-machine.ts';
import { technique } from './data-directories.ts';

describe('data directories', () => {
  it('are found in the usual places and where the configuration says, running or not', async () => {
    const { sightings, gaps } = await lookAround(
      technique,
      fakeMachine(
        {
          '/var/lib/pgsql/9.6/data/PG_VERSION': '9.6\n',
          '/var/lib/pgsql/9.6/data/global/pg_control': pgControl({ catalog: 201608131, state: 1 }),
          '/var/lib/pgsql/9.6/data/postgresql.conf': 'port = 5439 # old\n',
          '/var/lib/pgsql/9.6/data/postgresql.auto.conf': "port = '5440'\n",
          '/archive/odd/place/PG_VERSION': '15\n',
          '/archive/odd/place/global/pg_control': pgControl(),
          '/archive/odd/place/postmaster.pid': '55\n/archive/odd/place\n1\n5432\n\nlocalhost\n',
          '/proc/55/comm': 'postgres\n',
          '/proc/55/cwd': '-> ../../archive/odd/place',
          '/data/pgnothing/readme': 'x',
        },
        { dataDirectories: ['/archive/*/place'] },
      ),
    );

    expect(gaps).toEqual([]);
    expect(sightings).toMatchObject([
      {
        state: 'stopped',
        dataDirectory: '/var/lib/pgsql/9.6/data',
        majors: { from: 9.6, to: 9.6 },
        clusterState: 'shut down',
        configuredPort: 5440,
        places: [],
      },
      {
        state: 'running',
        dataDirectory: '/archive/odd/place',
        clusterState: 'in production',
        places: [{ host: 'localhost', port: 5432 }],
      },
    ]);
  });

  it.each([
    ['names a process that is gone', {}],
    ['names a process that is something else now', { '/proc/55/comm': 'nginx\n' }],
    [
      'names a server that works elsewhere',
      { '/proc/55/comm': 'postgres\n', '/proc/55/cwd': '-> ../../other', '/other/x': '' },
    ],
  ])('count as stopped when postmaster.pid %s', async (_text, processes) => {
    const { sightings } = await lookAround(
      technique,
      fakeMachine({
        '/var/lib/pgsql/data/PG_VERSION': '15\n',
        '/var/lib/pgsql/data/global/pg_control': pgControl(),
        '/var/lib/pgsql/data/postmaster.pid': '55\n/var/lib/pgsql/data\n1\n5432\n\n*\n',
        ...processes,
      }),
    );

    expect(sightings).toMatchObject([{ state: 'stopped', clusterState: 'in production' }]);
  });

  it('with a damaged pg_control keep their version, and the damage is told', async () => {
    const { sightings, gaps } = await lookAround(
      technique,
      fakeMachine({
        '/var/lib/pgsql/data/PG_VERSION': '15\n',
        '/var/lib/pgsql/data/global/pg_control': new Uint8Array(512),
      }),
    );

    expect(sightings).toMatchObject([{ majors: { from: 15, to: 15 }, systemIdentifier: undefined }]);
    expect(gaps.map(({ error }) => error.message)).toEqual([
      '/var/lib/pgsql/data/global/pg_control: expected a catalog version, found "00000000"',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { fakeMachine, lookAround, pgControl, type Tree } from '../../../test/support/fake-machine.ts';
import { technique } from './processes.ts';

const NET = `head\n   0: 00000000:1539 00000000:0000 0A 0:0 0:0 0   26        0 777 1\n`;

/** A postmaster (pid 100) with one child, a shell and nothing else. */
function machine(more: Tree = {}) {
  return fakeMachine({
    '/proc/self/ns/net': '-> net:[1]',
    '/proc/1/comm': 'systemd\n',
    '/proc/100/comm': 'postgres\n',
    '/proc/100/status': 'Name:\tpostgres\nPPid:\t1\nUid:\t26\t26\t26\t26\n',
    '/proc/100/cmdline': '/usr/pgsql-15/bin/postgres\0-D\0/data/15\0',
    '/proc/100/cwd': '-> ../../data/15',
    '/proc/100/exe': '-> /usr/pgsql-15/bin/postgres (deleted)',
    '/proc/100/ns/net': '-> net:[1]',
    '/proc/100/fd/3': '-> socket:[777]',
    '/proc/100/fd/4': '-> /dev/null',
    '/proc/100/net/tcp': NET,
    '/proc/100/cgroup': '0::/system.slice/postgresql-15.service\n',
    '/proc/101/comm': 'postgres\n',
    '/proc/101/status': 'Name:\tpostgres\nPPid:\t100\n',
    '/proc/102/comm': 'bash\n',
    '/proc/version': 'x',
    '/data/15/PG_VERSION': '15\n',
    '/data/15/global/pg_control': pgControl(),
    ...more,
  });
}

describe('processes', () => {
  it('finds the postmaster, not its children, with its sockets and identity', async () => {
    const { sightings, gaps } = await lookAround(technique, machine());

    expect(gaps).toEqual([]);
    expect(sightings).toMatchObject([
      {
        kind: 'postgresql',
        state: 'running',
        machine: 'web1',
        places: [{ host: '0.0.0.0', port: 5433 }],
        systemIdentifier: '7710876953460990554',
        majors: { from: 15, to: 15 },
        details: { pid: '100', uid: '26', binary: '/usr/pgsql-15/bin/postgres (deleted)' },
      },
    ]);
  });

  it('is not taken in by initdb, which runs the same program', async () => {
    const { sightings } = await lookAround(
      technique,
      machine({ '/proc/100/cmdline': '/usr/pgsql-15/bin/postgres\0--single\0-F\0template1\0' }),
    );

    expect(sightings).toEqual([]);
  });

  it('takes the port of postmaster.pid when the sockets may not be seen', async () => {
    const pid = '100\n/data/15\n1795328441\n5440\n/run\n*\n';
    const { sightings } = await lookAround(
      technique,
      machine({ '/proc/100/net/tcp': 'head\n', '/data/15/postmaster.pid': pid }),
    );

    expect(sightings[0]?.places).toEqual([{ host: '127.0.0.1', port: 5440 }]);
  });

  it('knows the container and does not take its ports for those of the machine', async () => {
    const id = 'a1'.repeat(32);
    const { sightings } = await lookAround(
      technique,
      machine({
        '/proc/100/ns/net': '-> net:[2]',
        '/proc/100/cgroup': `0::/system.slice/docker-${id}.scope\n`,
      }),
    );

    expect(sightings).toMatchObject([{ container: id, places: [] }]);
  });

  it('finds PgBouncer', async () => {
    const { sightings } = await lookAround(
      technique,
      fakeMachine({
        '/proc/7/comm': 'pgbouncer\n',
        '/proc/7/cmdline': '/usr/sbin/pgbouncer\0-d\0/etc/pgbouncer/pgbouncer.ini\0',
        '/proc/7/fd/8': '-> socket:[777]',
        '/proc/7/net/tcp': NET.replace('1539', '1920'),
      }),
    );

    expect(sightings).toMatchObject([
      {
        kind: 'pgbouncer',
        places: [{ host: '0.0.0.0', port: 6432 }],
        details: { command: '/usr/sbin/pgbouncer -d /etc/pgbouncer/pgbouncer.ini' },
      },
    ]);
  });

  it('says so when it only has the command line', async () => {
    const { sightings } = await lookAround(
      technique,
      fakeMachine({
        '/proc/100/comm': 'postgres\n',
        '/proc/100/status': 'PPid:\t1\n',
        '/proc/100/cmdline': '/usr/bin/postgres\0-p5444\0-D/srv/x\0',
      }),
    );

    expect(sightings).toMatchObject([
      { dataDirectory: '/srv/x', places: [{ host: '127.0.0.1', port: 5444 }], majors: undefined },
    ]);
  });

  it('finds nothing where nothing runs', async () => {
    expect(await lookAround(technique, fakeMachine({ '/etc/hostname': 'x' }))).toEqual({
      sightings: [],
      gaps: [],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { PgfleetError } from '../../lib/errors.ts';
import { technique as foreignServers } from './discovery/foreign-servers.ts';
import { technique as knownServers } from './discovery/known-servers.ts';
import { technique as standbys } from './discovery/standbys.ts';
import { technique as subscriptions } from './discovery/subscriptions.ts';
import { technique as upstreams } from './discovery/upstreams.ts';
import type { Row } from './edges.ts';
import type { Gap, KnownServer, Sighting, Technique } from './technique.ts';

type Answer = (sql: string, database: string | undefined) => readonly Row[];

async function ask(technique: Technique, answer: Answer) {
  const server: KnownServer = {
    name: 'shop',
    place: { host: '10.0.0.5', port: 5432 },
    query: async (sql, database) => answer(sql, database),
  };
  const gaps: Gap[] = [];
  const sightings: Sighting[] = [];
  const context = {
    signal: new AbortController().signal,
    now: () => 0,
    machines: [],
    servers: [server],
    poolers: [],
    patronis: [],
    hosts: [],
    scan: undefined,
  };
  for await (const sighting of technique.discover({ ...context, gap: (gap) => gaps.push(gap) })) {
    sightings.push(sighting);
  }
  return {
    sightings,
    gaps,
    places: sightings.flatMap(({ places }) => places.map(({ host, port }) => `${host}:${port}`)),
  };
}

describe('what registered servers refer to', () => {
  it('their own identity, role and version', async () => {
    const row = { system_identifier: '7710876953460990554', role: 'standby', version: '90624' };
    const { sightings } = await ask(knownServers, () => [row]);

    expect(sightings).toMatchObject([
      {
        server: 'shop',
        role: 'standby',
        systemIdentifier: '7710876953460990554',
        majors: { from: 9.6, to: 9.6 },
      },
    ]);
  });

  it('standbys, without the programs that only take the log', async () => {
    const rows = ['walreceiver', 'pg_receivewal', 'barman_receive_wal', 'dr-site'].map(
      (application_name, index) => ({
        application_name,
        client_addr: `10.0.0.${index + 10}`,
      }),
    );
    const { places } = await ask(standbys, () => [...rows, { application_name: 'x', client_addr: null }]);

    expect(places).toEqual(['10.0.0.10:undefined', '10.0.0.13:undefined']);
  });

  it('loopback from there is their machine, not ours', async () => {
    expect((await ask(standbys, () => [{ client_addr: '127.0.0.1' }])).places).toEqual([
      '10.0.0.5:undefined',
    ]);
    expect((await ask(upstreams, () => [{ conninfo: 'host=localhost port=5433' }])).places).toEqual([
      '10.0.0.5:5433',
    ]);
  });

  it('upstreams and publishers, without passwords and without sockets', async () => {
    const conninfo = "user=rep password='hunter2' host=db1,/tmp,db2 port=5433";
    const follows = await ask(upstreams, () => [{ conninfo }]);
    const subscribes = await ask(subscriptions, () => [{ subname: 'feed', subconninfo: conninfo }]);

    expect(follows.places).toEqual(['db1:5433', 'db2:5433']);
    expect(subscribes.sightings[0]?.details).toEqual({
      referenced_by: 'shop',
      edge: 'is subscribed to as feed',
    });
    expect(JSON.stringify([follows.sightings, subscribes.sightings])).not.toContain('hunter2');
  });

  it('foreign servers of every database', async () => {
    const { sightings, places } = await ask(foreignServers, (sql, database) => {
      if (sql.includes('pg_database')) return [{ datname: 'a' }, { datname: 'b' }];
      return [
        { srvname: "it's", datname: database, host: `${database}'s host`, hostaddr: null, port: '5499' },
      ];
    });

    expect(places).toEqual(["a's host:5499", "b's host:5499"]);
    expect(sightings[1]?.details['edge']).toBe("is foreign server it's of its database b");
  });

  it('a refusal is a gap that names the server', async () => {
    const { sightings, gaps } = await ask(subscriptions, () => {
      throw new PgfleetError('permission', 'permission denied for table pg_subscription');
    });

    expect(sightings).toEqual([]);
    expect(gaps).toMatchObject([{ where: 'shop', error: { code: 'permission' } }]);
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { startStandby } from '../../../cli/demo/postgres-standby.ts';
import { loadPostgresCollectors } from '../../../exporters/postgres/exporter.ts';
import { render } from '../../../lib/exposition.ts';
import { describeMajors, startTestPostgres } from '../../support/postgres.ts';
import { type Scrape, type Watch, watch } from './scrape.ts';

const collectors = await loadPostgresCollectors();
/** Everything, whatever its default: what is off by default must work as well. */
const all = { collectors: { enable: collectors.map(({ name }) => name), disable: [] } };

/** There only while something happens: traffic, an autovacuum, a session that waits or does nothing. */
const MOMENTARY =
  /_lag_seconds |(activity|last)_autovacuum|stat_progress|progress_|vacuum_(max_)?dead_tuple|_oldest_|sessions_waiting|last_replay_seconds|last_reply|max_tx_duration|xmin_age|blocked|blocking|collector_age|other_clients_active|process_idle/;

describeMajors('every collector', (major) => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  const watches: Watch[] = [];

  beforeAll(async () => {
    primary = await startTestPostgres({
      major,
      settings: { shared_preload_libraries: 'pg_stat_statements', max_prepared_transactions: 4 },
    });
    await primary.query('create extension pg_stat_statements');
    await primary.query('create role monitor login');
    await primary.query('grant pg_monitor to monitor');
    await primary.query('create database "odd ""name""" ');
    standby = await startStandby(primary, { applicationName: 'standby', slot: 'standby' });
  });
  afterAll(async () => {
    await Promise.all(watches.map((one) => one.close()));
    await standby?.stop('immediate');
    await primary?.stop('immediate');
  });

  const scrapes = new Map<string, Promise<Scrape>>();

  /** The second scrape of a server by a user; made once, whoever asks. */
  function scrapeOf(server: PostgresServer, user: string): Promise<Scrape> {
    const key = `${server.port} ${user}`;
    const made = scrapes.get(key) ?? twice(server, user);
    scrapes.set(key, made);
    return made;
  }

  async function twice(server: PostgresServer, user: string): Promise<Scrape> {
    const watching = await watch(server, { user, ...all });
    watches.push(watching);
    await watching.probe();
    return watching.probe();
  }

  describe.each([
    ['primary', 'postgres', () => primary],
    ['primary', 'monitor', () => primary],
    ['standby', 'postgres', () => standby],
    ['standby', 'monitor', () => standby],
  ] as const)('on a %s as %s', (role, user, server) => {
    it('runs without an error, and tells why what does not run does not', async () => {
      const scrape = await scrapeOf(server(), user);

      expect(scrape.failures).toEqual([]);
      expect(scrape.reason).toBeUndefined();
      expect(scrape.value('pg_up')).toBe(1);
      expect(scrape.value('pg_replication_is_replica')).toBe(role === 'standby' ? 1 : 0);
      const ran = scrape.all('pgfleet_collector_success').map(({ labels }) => labels['collector']);
      const left = scrape.skipped.map((skip) => skip.split(':')[0]);
      expect([...ran, ...left].sort()).toEqual(collectors.map(({ name }) => name).sort());
      if (user === 'postgres')
        expect(scrape.skipped.filter((skip) => skip.endsWith('permission'))).toEqual([]);
    });

    it('gives no series twice and only what is declared', async () => {
      const scrape = await scrapeOf(server(), user);

      expect(render(scrape.samples, 'text').duplicates).toBe(0);
      expect(scrape.all('pgfleet_collector_samples_dropped')).toEqual([]);
    });
  });

  it('keeps one backend per server, whoever and how often somebody asks', async () => {
    await primary.query('create role single login');
    const watching = await watch(primary, { user: 'single' });
    watches.push(watching);

    for (let i = 0; i < 3; i += 1) await Promise.all([watching.probe(), watching.probe(), watching.probe()]);

    const sql = "select application_name from pg_stat_activity where usename = 'single'";
    expect((await primary.query(sql)).rows).toEqual([{ application_name: 'pgfleet' }]);
    expect((await watching.probe()).value('pgfleet_postgres_connections_opened_total')).toBe(1);
  });

  it('emits the families of the golden file', async () => {
    const both = [await scrapeOf(primary, 'postgres'), await scrapeOf(standby, 'postgres')];
    const families = [...new Set(both.flatMap((scrape) => scrape.families))]
      .filter((family) => !MOMENTARY.test(family))
      .sort();
    const golden = new URL(`../../golden/postgres/${major}.txt`, import.meta.url);

    if (process.env['PGFLEET_UPDATE_GOLDEN'] === '1') writeFileSync(golden, `${families.join('\n')}\n`);

    expect(existsSync(golden), 'run with PGFLEET_UPDATE_GOLDEN=1').toBe(true);
    expect(families).toEqual(readFileSync(golden, 'utf8').trimEnd().split('\n'));
  });
});

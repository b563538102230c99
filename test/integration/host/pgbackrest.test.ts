import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { capture, inputOf } from '../../../exporters/host/arrival.ts';
import { clusterOfBackups } from '../../../exporters/host/backup-cluster.ts';
import { collector } from '../../../exporters/host/collectors/pgbackrest.ts';
import { createLocalTransport } from '../../../exporters/host/transports/local.ts';
import { print } from '../../support/host.ts';
import { notice } from '../../support/notice.ts';
import { findPgbackrest, preparePgbackrest, type TestPgbackrest } from '../../support/pgbackrest.ts';
import { startTestPostgres } from '../../support/postgres.ts';

const program = findPgbackrest();
if (program === undefined) notice('pgBackRest', 'no pgbackrest that the user of the server can run');
// Debian 12 has one that knows no major after 15.
const MAJOR = 15;

describe.skipIf(program === undefined)('a real pgBackRest with two repositories', () => {
  let backrest: TestPgbackrest;
  let server: PostgresServer;
  beforeAll(async () => {
    backrest = await preparePgbackrest(program ?? '', 'main');
    const archive = { archive_mode: true, archive_command: backrest.archiveCommand, wal_level: 'replica' };
    server = await startTestPostgres({ major: MAJOR, auth: 'trust', settings: archive });
    backrest.configure(server);
  }, 60_000);
  afterAll(async () => {
    await server?.stop('immediate');
    backrest?.remove();
  });

  /** Through capture.sh and the collector; values by name and the labels that are not always the same. */
  async function scrape(): Promise<Map<string, number>> {
    const transport = createLocalTransport({ now: Date.now, root: backrest.root });
    const signal = AbortSignal.timeout(60_000);
    const source = { name: 'db1', transport, now: Date.now };
    const arrival = await capture(source, { tiers: ['backups'], budgetMs: 60_000, signal });
    const clusterOf = clusterOfBackups({ name: 'db1', transport: 'local' }, [
      { cluster: 'shop', host: 'db1' },
    ]);
    const lines = [...collector.samples(inputOf(arrival, loadCatalog(), clusterOf))].flatMap(print);
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(' ');
        const name = line.slice(0, at).replace('cluster="shop",tool="pgbackrest",stanza="main"', '');
        return [name.replace(/^pgfleet_backup_/, ''), Number(line.slice(at + 1))];
      }),
    );
  }

  it('tells the way from nothing to backups in both, and the damage of one', async () => {
    expect(Object.fromEntries(await scrape())).toEqual({ 'stanzas{tool="pgbackrest"}': 0 });

    await backrest.command('stanza-create');
    const empty = await scrape();
    expect(empty.get('problem{,repo="1",problem="no_backup"}')).toBe(1);
    expect(empty.get('repository_ok{,repo="2"}')).toBe(0);
    expect(empty.get('backups{,repo="1",type="full"}')).toBe(0);

    const before = Math.floor(Date.now() / 1000);
    await backrest.command('--repo=1', '--type=full', 'backup');
    await backrest.command('--repo=1', '--type=incr', 'backup');
    await backrest.command('--repo=2', '--type=full', 'backup');
    const full = await scrape();
    expect(full.get('repository_ok{,repo="1"}')).toBe(1);
    expect(full.get('running{}')).toBe(0);
    const ended = full.get('last_success_timestamp_seconds{,repo="1",type="full"}') ?? 0;
    expect(ended).toBeGreaterThanOrEqual(before);
    expect(full.get('last_success_timestamp_seconds{,repo="1",type="incr"}')).toBeGreaterThan(ended);
    expect(full.get('last_success_timestamp_seconds{,repo="2",type="full"}')).toBeGreaterThan(ended);
    expect(full.get('last_size_bytes{,repo="1",type="full"}')).toBeGreaterThan(10_000_000);
    const identifier = await told('select system_identifier::text as told from pg_control_system()');
    expect(full.get(`stanza_info{,repo="1",system_identifier="${identifier}"}`)).toBe(1);
    const archived = full.get('wal_archived_position_bytes{,repo="1"}') ?? 0;

    await server.query('create table t as select generate_series(1, 1000) as n');
    await server.query('select pg_switch_wal()');
    await expect
      .poll(async () => (await scrape()).get('wal_archived_position_bytes{,repo="1"}'), {
        timeout: 30_000,
        interval: 500,
      })
      .toBeGreaterThan(archived);
    const written = await told("select (pg_current_wal_lsn() - '0/0')::text as told");
    expect((await scrape()).get('wal_archived_position_bytes{,repo="1"}')).toBeLessThanOrEqual(
      Number(written),
    );
  }, 120_000);

  it('keeps one repository when the other is gone', async () => {
    renameSync(join(backrest.folder, 'repo2'), join(backrest.folder, 'away'));

    const scraped = await scrape();

    expect(scraped.get('problem{,repo="2",problem="missing_stanza_path"}')).toBe(1);
    expect(scraped.get('repository_ok{,repo="1"}')).toBe(1);
    expect(scraped.get('last_success_timestamp_seconds{,repo="1",type="full"}')).toBeGreaterThan(0);
    expect(scraped.has('last_success_timestamp_seconds{,repo="2",type="full"}')).toBe(false);
  });

  async function told(sql: string): Promise<string> {
    const { rows } = await server.query(sql);
    return String(rows[0]?.told);
  }
});

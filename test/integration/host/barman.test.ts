import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { asAccount, giveTo, serverAccount } from '../../../cli/demo/server-account.ts';
import { findProgram } from '../../../cli/up/find-program.ts';
import { capture, inputOf } from '../../../exporters/host/arrival.ts';
import { collector } from '../../../exporters/host/collectors/barman.ts';
import { createLocalTransport } from '../../../exporters/host/transports/local.ts';
import { print } from '../../support/host.ts';
import { notice } from '../../support/notice.ts';
import { startTestPostgres } from '../../support/postgres.ts';

const run = promisify(execFile);
const barman = findProgram('barman');
const here = barman !== undefined && findProgram('pg_basebackup') !== undefined;
// Its Python modules have a fixed place, so it cannot be fetched like other programs.
if (!here) notice('Barman', 'no barman with pg_basebackup is installed');
/** What Debian 12 has a pg_basebackup for. */
const MAJOR = 15;
const account = serverAccount();

describe.skipIf(!here)('a real Barman', () => {
  let folder: string;
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startTestPostgres({
      major: MAJOR,
      auth: 'trust',
      settings: { wal_level: 'replica', max_wal_senders: 8 },
    });
    folder = mkdtempSync(join(tmpdir(), 'pgfleet-barman-'));
    chmodSync(folder, 0o755);
    for (const name of ['home', 'root/usr/bin', 'root/var/lib/barman'])
      mkdirSync(join(folder, name), { recursive: true });
    await giveTo(account, join(folder, 'home'));
    await giveTo(account, join(folder, 'root/var/lib/barman'));
    writeFileSync(join(folder, 'barman.conf'), configuration());
    tool('barman', `exec ${barman} -c ${folder}/barman.conf "$@"`);
    // Root runs it as the owner of its home.
    const runuser = findProgram('runuser');
    if (runuser !== undefined) tool('runuser', `exec ${runuser} "$@"`);
  }, 60_000);
  afterAll(async () => {
    await command('receive-wal', '--stop', 'shop').catch(() => undefined);
    await server?.stop('immediate');
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  function tool(name: string, body: string): void {
    writeFileSync(join(folder, 'root/usr/bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  function configuration(): string {
    const place = `host=${server.socketDir} user=postgres dbname=postgres port=${server.port}`;
    return `[barman]
barman_user = ${account?.name ?? process.env['USER'] ?? ''}
barman_home = ${folder}/home
barman_lock_directory = ${folder}/home
log_file = ${folder}/home/barman.log
[shop]
description = shop
conninfo = ${place}
streaming_conninfo = ${place}
backup_method = postgres
streaming_archiver = on
slot_name = barman
create_slot = auto
immediate_checkpoint = true
minimum_redundancy = 1
`;
  }

  async function command(...args: string[]): Promise<void> {
    await run(barman ?? '', ['-c', `${folder}/barman.conf`, ...args], { cwd: folder, ...asAccount(account) });
  }

  async function scrape(): Promise<Map<string, number>> {
    const transport = createLocalTransport({ now: Date.now, root: join(folder, 'root') });
    const source = { name: 'backup1', transport, now: Date.now };
    const signal = AbortSignal.timeout(60_000);
    const arrival = await capture(source, { tiers: ['backups'], budgetMs: 60_000, signal });
    const lines = [...collector.samples(inputOf(arrival, loadCatalog()))].flatMap(print);
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(' ');
        const name = line.slice(0, at).replace('cluster="shop",tool="barman",stanza="shop"', '');
        return [name.replace(/^pgfleet_backup_/, ''), Number(line.slice(at + 1))];
      }),
    );
  }

  it('tells the way from failing checks to a backup', async () => {
    const empty = await scrape();
    expect(empty.get('repository_ok{}')).toBe(0);
    expect(empty.get('problem{,problem="replication_slot"}')).toBe(1);
    expect(empty.get('backups{,type="full"}')).toBe(0);

    const before = Math.floor(Date.now() / 1000);
    await command('receive-wal', '--create-slot', 'shop');
    await command('cron');
    await expect
      .poll(
        () =>
          command('switch-wal', '--force', '--archive', 'shop').then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    await command('backup', '--wait', 'shop');

    const full = await scrape();
    expect(full.get('last_success_timestamp_seconds{,type="full"}')).toBeGreaterThanOrEqual(before);
    expect(full.get('last_stored_bytes{,type="full"}')).toBeGreaterThan(10_000_000);
    expect(full.get('failed_backups{}')).toBe(0);
    expect([...full.keys()].filter((name) => name.startsWith('problem'))).toEqual([]);
    expect(full.get('repository_ok{}')).toBe(1);

    await server.stop('fast');
    const down = await scrape();
    expect(down.get('problem{,problem="postgresql"}')).toBe(1);
    expect(down.get('last_success_timestamp_seconds{,type="full"}')).toBeGreaterThanOrEqual(before);
  }, 180_000);
});

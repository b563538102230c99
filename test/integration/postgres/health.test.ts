import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../cli/config.ts';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { startStandby } from '../../../cli/demo/postgres-standby.ts';
import { type Service, startService } from '../../../cli/serve.ts';
import { judgeHealth } from '../../../exporters/postgres/health-verdict.ts';
import { createLogger } from '../../../lib/log.ts';
import { startTestPostgres, usePostgres } from '../../support/postgres.ts';
import { backends, watch } from './scrape.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const majors = installedMajors();
const POLL = { timeout: 30_000 };

/** pgfleet over the given servers, asked as a load balancer asks. */
async function serve(servers: Readonly<Record<string, PostgresServer>>) {
  const folder = await mkdtemp(join(tmpdir(), 'pgfleet-health-'));
  const file = join(folder, 'pgfleet.yml');
  const entries = Object.entries(servers).map(
    ([name, { host, port }]) => `  - { name: ${name}, address: "${host}:${port}" }`,
  );
  await writeFile(file, ['postgres: { user: postgres }', 'servers:', ...entries, ''].join('\n'));
  const service: Service = await startService({
    load: () => loadConfig({ file, env: {} }),
    parts: ['exporters'],
    listen: { host: '127.0.0.1', port: 0 },
    version: '0.0.0',
    log,
  });
  return {
    service,
    /** "200 primary" */
    ask: async (path: string) => {
      const response = await fetch(`${service.url}/health/postgres/${path}`);
      return `${response.status} ${(await response.text()).trim()}`;
    },
    close: async () => {
      await service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe.each([Math.min(...majors), Math.max(...majors)])(
  'a primary and its standby on PostgreSQL %i',
  (major) => {
    let primary: PostgresServer;
    let standby: PostgresServer;
    let pgfleet: Awaited<ReturnType<typeof serve>>;

    beforeAll(async () => {
      primary = await startTestPostgres({ major });
      standby = await startStandby(primary);
      await primary.query('create table t (x int)');
      pgfleet = await serve({ left: primary, right: standby });
    });
    afterAll(async () => {
      await pgfleet?.close();
      await standby?.stop('immediate');
      await primary?.stop('immediate');
    });

    it('are what they are', async () => {
      expect(await pgfleet.ask('left')).toBe('200 up: primary');
      expect(await pgfleet.ask('left/primary')).toBe('200 primary');
      expect(await pgfleet.ask('left/replica')).toBe('503 not a replica: primary');
      expect(await pgfleet.ask('right')).toBe('200 up: standby');
      expect(await pgfleet.ask('right/primary')).toBe('503 not a primary: standby');
      await expect
        .poll(() => pgfleet.ask('right/replica?max_lag=10s'), POLL)
        .toBe('200 replica: 0.0 s behind, at most 10 s allowed');
      expect(await pgfleet.ask('middle')).toMatch(/^404 no server named "middle" is declared/);
    });

    it('have one session of ours, however many ask, and while they are scraped', async () => {
      const asked = Array.from({ length: 60 }, (_, index) =>
        pgfleet.ask(['left', 'left/primary', 'right/replica'][index % 3] ?? ''),
      );
      const scrape = fetch(`${pgfleet.service.url}/probe/postgres?target=left`);

      const answers = await Promise.all(asked);
      const exposition = await (await scrape).text();

      expect(answers.filter((answer) => !answer.startsWith('200 '))).toEqual([]);
      expect(exposition).toContain('\npg_up 1\n');
      expect(exposition).toContain('\npgfleet_postgres_connections_opened_total 1\n');
      expect(await backends(primary)).toBe(1);
      expect(await backends(standby)).toBe(1);
    });

    it('the standby lags when it does not replay, and not any more when it does', async () => {
      const replay = major >= 10 ? 'wal_replay' : 'xlog_replay';
      await standby.query(`select pg_${replay}_pause()`);
      await primary.query('insert into t select generate_series(1, 1000)');

      await expect
        .poll(() => pgfleet.ask('right/replica?max_lag=2s'), POLL)
        .toMatch(/^503 .*at most 2 s allowed$/);
      expect(await pgfleet.ask('right/replica?max_lag=1h')).toMatch(/^200 /);
      expect(await pgfleet.ask('right/replica')).toMatch(/^200 replica: \d/);

      await standby.query(`select pg_${replay}_resume()`);
      await expect.poll(() => pgfleet.ask('right/replica?max_lag=2s'), POLL).toMatch(/^200 /);
    });

    it('the standby stays one when its primary is gone, and says that nothing arrives', async () => {
      await primary.kill9();

      await expect
        .poll(() => pgfleet.ask('right/replica?max_lag=2s'), POLL)
        .toBe('200 replica: 0.0 s behind, no WAL receiver is running, at most 2 s allowed');
    });
  },
);

describe('a server', () => {
  const newest = Math.max(...majors);

  it('that is promoted becomes the primary within a second or so', async () => {
    const primary = await startTestPostgres({ major: newest });
    const standby = await startStandby(primary);
    const pgfleet = await serve({ right: standby });
    try {
      expect(await pgfleet.ask('right/primary')).toBe('503 not a primary: standby');

      await standby.query('select pg_promote()');
      const promotedAt = performance.now();

      await expect.poll(() => pgfleet.ask('right/primary'), { ...POLL, interval: 100 }).toBe('200 primary');
      expect(performance.now() - promotedAt).toBeLessThan(5000);
    } finally {
      await pgfleet.close();
      await standby.stop('immediate');
      await primary.stop('immediate');
    }
  });

  it('that is stopped is down, and up again on the next question after its start', async () => {
    const server = await startTestPostgres({ major: newest });
    const pgfleet = await serve({ one: server });
    try {
      expect(await pgfleet.ask('one')).toBe('200 up: primary');

      await server.kill9();
      await expect
        .poll(() => pgfleet.ask('one'), POLL)
        .toMatch(/^503 down: connecting to 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
      await server.start();

      await expect.poll(() => pgfleet.ask('one'), POLL).toBe('200 up: primary');
      expect(await backends(server)).toBe(1);
    } finally {
      await pgfleet.close();
      await server.stop('immediate');
    }
  });

  it('that hangs is down within a second, and nothing piles up', async () => {
    const server = await startTestPostgres({ major: newest });
    const pgfleet = await serve({ one: server });
    try {
      await pgfleet.ask('one');
      await expect.poll(() => pgfleet.ask('one'), POLL).toBe('200 up: primary');
      server.pause();
      await expect.poll(() => pgfleet.ask('one'), { ...POLL, interval: 50 }).toMatch(/^503 /);

      const startedAt = performance.now();
      const answers = await Promise.all(Array.from({ length: 20 }, () => pgfleet.ask('one')));
      const took = performance.now() - startedAt;
      server.resume();

      expect(new Set(answers.map((answer) => answer.slice(0, 9)))).toEqual(new Set(['503 down:']));
      expect(took).toBeLessThan(2000);
      await expect.poll(() => pgfleet.ask('one'), { timeout: 60_000, interval: 500 }).toBe('200 up: primary');
      await expect.poll(() => backends(server), POLL).toBe(1);
    } finally {
      await pgfleet.close();
      await server.stop('immediate');
    }
  });
});

describe('a scrape that takes long', () => {
  const server = usePostgres({ major: Math.max(...majors) });

  it('does not hold up the answer: what is known is told as such', async () => {
    const watching = await watch(server());
    try {
      await watching.probe();

      server().pause();
      const scrape = watching.probe(5000);
      const startedAt = performance.now();
      const report = await watching.exporter.health('target');
      const took = performance.now() - startedAt;
      server().resume();
      await scrape;

      const verdict = judgeHealth(report, { want: 'primary' });
      expect(verdict.healthy).toBe(true);
      expect(verdict.text).toMatch(/^primary \(as of \d+\.\d s ago, a scrape is running\)$/);
      expect(took).toBeLessThan(1500);
    } finally {
      await watching.close();
    }
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../cli/demo/free-port.ts';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { findProgram } from '../../../cli/up/find-program.ts';
import { notice } from '../../support/notice.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Exposition, readExposition, type Series } from './exposition-reader.ts';
import { type Watch, watch } from './scrape.ts';

/** Families of the peer that we have on purpose not, or differently; each with its reason. */
const INTENDED: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(go|process|promhttp)_/, 'about the other process'],
  [/^postgres_exporter_/, 'about the other program: pgfleet_build_info'],
  [/^pg_exporter_/, 'ours counts our own scrapes'],
  [/^pg_scrape_collector_/, 'collectors are cut otherwise: pgfleet_collector_*'],
  [
    /^pg_stat_activity_/,
    'newer form with user, application and wait event; no rows of zeros (compared below)',
  ],
  [/^pg_settings_extra_float_digits$/, 'there it is what its own session set'],
  [/^pg_locks_count$/, 'no rows of zeros: nine series per database say nothing (compared below)'],
  [
    /^pg_stat_database_(session_time|active_time|idle_in_transaction_time|sessions\w*|checksum\w*|parallel\w*)$/,
    'untyped accidents of this version, milliseconds: pgfleet_postgres_database_* in seconds',
  ],
];
/** Values that move between two scrapes although they are gauges, or that our own session moves. */
const MOVING = /^pg_stat_archiver_last_archive_age$|^pg_stat_database_numbackends$|^pg_database_size_bytes$/;

const program = findProgram('postgres_exporter', 'prometheus-postgres-exporter');
const majors = installedMajors().filter((major) => major === 10 || major === 15 || major === 18);
if (program === undefined) notice('comparison with postgres_exporter', 'it is not installed');

describe.skipIf(program === undefined).each(majors)(
  'postgres_exporter beside us on PostgreSQL %i',
  (major) => {
    const server = usePostgres({ major, settings: { autovacuum: false } });
    let peer: ChildProcess | undefined;
    let url = '';
    let watching: Watch | undefined;
    let before: Exposition;
    let ours: Exposition;
    let after: Exposition;

    async function askPeer(): Promise<Exposition> {
      return readExposition(await (await fetch(url)).text());
    }

    beforeAll(async () => {
      await server().query('create table t as select generate_series(1, 1000) as n');
      const port = await freePort();
      url = `http://127.0.0.1:${port}/metrics`;
      peer = spawn(program ?? '', [`--web.listen-address=127.0.0.1:${port}`], {
        env: {
          DATA_SOURCE_NAME: `postgresql://postgres@127.0.0.1:${server().port}/postgres?sslmode=disable`,
        },
        stdio: 'ignore',
      });
      await vi.waitUntil(
        () =>
          askPeer().then(
            (one) => one.series.some(({ name }) => name === 'pg_up'),
            () => false,
          ),
        {
          timeout: 20_000,
          interval: 200,
        },
      );
      watching = await watch(server());
      await watching.probe();
      before = await askPeer();
      ours = readExposition((await watching.probe()).text());
      after = await askPeer();
    });
    afterAll(async () => {
      await watching?.close();
      if (peer === undefined || peer.exitCode !== null) return;
      peer.kill();
      await once(peer, 'exit');
    });

    const withoutServer = ({ server: _, ...labels }: Series['labels']) => labels;
    const key = ({ name, labels }: Series) =>
      JSON.stringify([name, Object.entries(withoutServer(labels)).sort(([a], [b]) => a.localeCompare(b))]);

    /** Series of the peer that we promise: no accidents, no values that are not there, no row of shared objects. */
    const promised = () =>
      before.series.filter(
        ({ name, labels, value }) =>
          !INTENDED.some(([pattern]) => pattern.test(name)) &&
          !Number.isNaN(value) &&
          labels['datid'] !== '0',
      );

    it('has every series of the peer, but for the intended differences', () => {
      const have = new Set(ours.series.map(key));

      expect(promised().length).toBeGreaterThan(200);
      expect(
        promised()
          .map(key)
          .filter((one) => !have.has(one)),
      ).toEqual([]);
    });

    it('has the same types', () => {
      const names = [...new Set(promised().map(({ name }) => name))];

      expect(names.filter((name) => ours.types.get(name) !== before.types.get(name))).toEqual([]);
    });

    it('has the same values: counters between those of a scrape before and one after', () => {
      const values = new Map(ours.series.map((series) => [key(series), series.value]));
      const later = new Map(after.series.map((series) => [key(series), series.value]));
      const wrong = promised().filter((series) => {
        const value = values.get(key(series)) ?? Number.NaN;
        const last = later.get(key(series)) ?? Number.NaN;
        if (MOVING.test(series.name)) return !(value >= 0);
        if (before.types.get(series.name) === 'counter')
          return !(series.value <= value + 1 && value <= last + 1);
        return Math.abs(series.value - value) > 1e-9 * Math.abs(value);
      });

      expect(
        wrong.map((series) => [key(series), series.value, values.get(key(series)), later.get(key(series))]),
      ).toEqual([]);
    });

    it('has the sums of what it shows in another form', async () => {
      const sum = ({ series }: Exposition, name: string, labels: Series['labels']) =>
        series
          .filter(
            (one) =>
              one.name === name &&
              Object.entries(labels).every(([label, value]) => one.labels[label] === value),
          )
          .reduce((total, { value }) => total + value, 0);
      const datname = 'postgres';
      const sums = (one: Exposition) => [
        // Each of the two sees one session more while it asks: itself.
        sum(one, 'pg_stat_activity_count', { datname, state: 'active' }),
        sum(one, 'pg_stat_activity_count', { datname, state: 'idle' }),
        sum(one, 'pg_locks_count', { datname, mode: 'exclusivelock' }),
      ];

      // A session of either that is about to end shows to the one and not to the other.
      await expect
        .poll(
          async () => {
            const [there, here] = [await askPeer(), await watching?.probe()];
            return JSON.stringify(sums(there)) === JSON.stringify(sums(readExposition(here?.text() ?? '')));
          },
          { timeout: 15_000 },
        )
        .toBe(true);
      expect(sums(ours)[0]).toBeGreaterThan(0);
    });

    it('knows of no intended difference that does not occur', () => {
      const unused = INTENDED.filter(([pattern]) => !before.series.some(({ name }) => pattern.test(name)));

      // This version of the peer shows the columns that the server has, whatever they are.
      expect(unused.map(([, reason]) => reason).filter((reason) => !reason.startsWith('untyped'))).toEqual(
        [],
      );
    });
  },
);

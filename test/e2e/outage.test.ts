import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killDemoServer, startDemoServer } from '../../cli/demo/demo-control.ts';
import { installedMajors } from '../../cli/demo/postgres-package.ts';
import { ALERTMANAGER_NAMES, findProgram } from '../../cli/up/find-program.ts';
import { notice } from '../support/notice.ts';
import { PgfleetUp } from './pgfleet-up.ts';

const SERVER = 'shop-db';

const missing = [
  ...(findProgram('prometheus') === undefined ? ['prometheus is not on this machine'] : []),
  ...(findProgram(...ALERTMANAGER_NAMES) === undefined ? ['alertmanager is not on this machine'] : []),
  ...(installedMajors().includes(15) ? [] : ['no PostgreSQL binaries for this platform']),
];
if (missing.length > 0) notice('npm start: an outage travels to a mail', missing.join(', '));

/** Names that are kept although promtool would have others: those of the exporters whose dashboards must go on working. */
const KEPT_NAMES = /^(?:pg|node|smartctl|ipmi|nodejs|process|go|prometheus|alertmanager)_/;

/** What `promtool check metrics` finds wrong with an exposition. Rejects what does not parse at all. */
function complaintsAbout(exposition: string): string[] {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  // 3: parsed, with complaints.
  if (status !== 0 && status !== 3) throw new Error(`promtool check metrics: ${stderr}`);
  return `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !KEPT_NAMES.test(line));
}

describe.skipIf(missing.length > 0)('an outage in the fleet of npm start', () => {
  let up: PgfleetUp;
  beforeAll(async () => {
    up = await PgfleetUp.prepare();
    await up.start();
  }, 300_000);
  afterAll(() => up?.dispose());

  it('begins with every target answering', async () => {
    const targets = await up.targets();

    expect(targets.length).toBeGreaterThan(8);
    expect(targets.filter(({ health }) => health !== 'up')).toEqual([]);
    expect(await up.statusOf(SERVER)).toContain('Up');
  });

  it("serves metrics that promtool accepts, but for names that are the peers'", async () => {
    const pages = await Promise.all((await up.targets()).map(({ scrapeUrl }) => up.page(scrapeUrl)));

    const complaints = pages.flatMap(complaintsAbout);
    expect(pages.join('')).toContain('pgfleet_postgres_server_info');
    expect(complaints).toEqual([]);
  });

  // The demo's ghost, which is on its way out, does not answer either: that is a warning.
  it('tells of a killed PostgreSQL by mail, with what to do', async () => {
    await killDemoServer(up.demoFolder, SERVER);

    const { subject, text, html } = await up.mail(/CRITICAL\]\[FIRING\] PostgreSQL/, 240_000);
    expect(subject).toMatch(/^\[CRITICAL\]\[FIRING\] PostgreSQL .* does not answer$/);
    expect(text).toContain('shop');
    expect(text).toContain('/docs/runbooks/en/PostgresDown');
    expect(html).toContain('PostgresDown');
    expect(await up.statusOf(SERVER)).toContain('Down');
  }, 300_000);

  it('leaves the other servers as they were', async () => {
    const targets = await up.targets();

    expect(targets.filter(({ health }) => health !== 'up')).toEqual([]);
    expect(await up.statusOf('billing-db')).toContain('Up');
  });

  it('tells of the end of it too', async () => {
    await startDemoServer(up.demoFolder, SERVER);

    const { subject } = await up.mail(/CRITICAL\]\[RESOLVED\] PostgreSQL/, 240_000);
    expect(subject).toMatch(/^\[CRITICAL\]\[RESOLVED\] PostgreSQL .* does not answer$/);
    expect(await up.statusOf(SERVER)).toContain('Up');
  }, 300_000);
});

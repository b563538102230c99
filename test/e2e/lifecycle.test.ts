import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERTMANAGER_NAMES, findProgram } from '../../cli/up/find-program.ts';
import { notice } from '../support/notice.ts';
import { PgfleetUp } from './pgfleet-up.ts';

const runnable = findProgram('prometheus') !== undefined && findProgram(...ALERTMANAGER_NAMES) !== undefined;
if (!runnable) {
  notice('npm start: reload, stop and start again', 'prometheus or alertmanager is not on this machine');
}

describe.skipIf(!runnable)('npm start', () => {
  let up: PgfleetUp;
  beforeAll(async () => {
    up = await PgfleetUp.prepare();
    await up.start();
  }, 300_000);
  afterAll(() => up?.dispose());

  it('prints what runs where, and how to break, mend and stop it', () => {
    expect(up.output).toContain(up.url);
    expect(up.output).toContain(up.prometheus);
    expect(up.output).toMatch(/Scraped +all \d+ targets; without an answer: intranet-db$/m);
    expect(up.output).toMatch(/Break +kill -9 \$\(head -1 .*\/data\/postmaster\.pid\)/);
  });

  it('reads its configuration again on SIGHUP', async () => {
    up.hangUp();

    await up.says(/^Configuration reloaded$/m, 30_000);
  });

  it('brings a companion back that was killed, and says so', async () => {
    up.killCompanion('alertmanager');

    await up.says(/^Alertmanager ended \(SIGKILL\) and starts again in 1 s; its log: /m, 10_000);
    await up.says(/^Alertmanager runs again$/m, 30_000);
  });

  it('leaves no process behind after Ctrl-C', async () => {
    expect(up.processes().length).toBeGreaterThan(2);

    up.interrupt();

    expect(await up.ended()).toBe(0);
    expect(up.output).toMatch(/Everything is stopped\n$/);
    expect(up.processes()).toEqual([]);
  });

  it('starts again on the same data, and leaves nothing behind after an impatient second Ctrl-C', async () => {
    await up.start();

    up.interrupt();
    await up.says(/Stopping; Ctrl-C again stops at once/, 10_000);
    up.interrupt();

    await up.ended();
    await expect.poll(() => up.processes(), { timeout: 10_000 }).toEqual([]);
  }, 180_000);

  it('takes its servers and companions along when it is killed', async () => {
    await up.start();

    up.kill();

    await up.ended();
    await expect.poll(() => up.processes(), { timeout: 30_000 }).toEqual([]);
  }, 180_000);
});

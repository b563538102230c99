import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Capture, parseCapture } from '../../../exporters/host/capture.ts';
import { CAPTURE_SCRIPT_PATH } from '../../../exporters/host/transports/capture-script.ts';
import { notice } from '../../support/notice.ts';
import { findShells } from '../../support/shells.ts';

const { found: shells, missing } = findShells();
for (const name of missing) notice('raid and ipmi of capture.sh', `${name} is not on this machine`);
const isRoot = process.getuid?.() === 0;
const script = readFileSync(CAPTURE_SCRIPT_PATH);
const NOBODY = 65_534;

/** A tool that answers with its name and arguments, and hangs or fails when asked to. */
const ECHO = `echo "\${0##*/} $*"
case "$*" in
  *hang*) exec sleep 100 ;;
  *AdpBbuCmd*) exit 34 ;;
esac`;

describe.each(shells)('capture.sh raid and ipmi under $name', ({ command: [file, ...shellArguments] }) => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pgfleet-raid-'));
    await chmod(root, 0o777);
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  };
  const tool = (path: string, body = ECHO) => put(path, `#!/bin/sh\n${body}\n`, 0o755);
  const adapter = (host: number, driver: string) =>
    put(`sys/class/scsi_host/host${host}/proc_name`, `${driver}\n`);

  const start = (
    tier: string,
    { uid, budget = 60 }: { uid?: number; budget?: number } = {},
  ): ChildProcess => {
    const child = spawn(file, [...shellArguments, '-s', '--', '-b', String(budget), tier], {
      env: { PGFLEET_ROOT: root },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    // Through its input, as over ssh: the other user may not reach this folder.
    child.stdin.end(script);
    return child;
  };
  const finish = async (child: ChildProcess): Promise<Capture> => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    await once(child, 'close');
    expect(stderr).toBe('');
    const capture = parseCapture(stdout);
    expect(capture.complete).toBe(true);
    return capture;
  };
  const run = (tier: string, options?: { uid?: number; budget?: number }) => finish(start(tier, options));
  const outputs = ({ sections }: Capture) =>
    Object.fromEntries(
      [...sections.values()].map(({ name, status, output }) => [name, `${status} ${output}`.trim()]),
    );

  it('says which tools are not there', async () => {
    const capture = await run('raid');

    expect(new Set([...capture.sections.values()].map((section) => section.status))).toEqual(
      new Set(['absent']),
    );
    expect([...capture.sections.keys()]).toEqual([
      'raid-drivers',
      'cciss',
      'storcli',
      'storcli2',
      'megacli',
      'ssacli',
      'arcconf',
      'sas2ircu',
      'sas3ircu',
      'tw_cli',
      'areca',
      'mvcli',
    ]);
  });

  it.runIf(isRoot)('asks the tools of LSI controllers where their makers put them', async () => {
    await tool('opt/MegaRAID/MegaCli/MegaCli64');
    await tool('opt/MegaRAID/perccli/perccli64');
    await adapter(0, 'megaraid_sas');

    const found = outputs(await run('raid'));

    expect(found).toMatchObject({
      'raid-drivers': 'ok /sys/class/scsi_host/host0/proc_name\tmegaraid_sas',
      'storcli:controllers': 'ok perccli64 /cALL show all J nolog',
      'storcli:volumes': 'ok perccli64 /cALL/vALL show all J nolog',
      'storcli:drives': 'ok perccli64 /cALL/eALL/sALL show all J nolog',
      'storcli:slots': 'ok perccli64 /cALL/sALL show all J nolog',
      'storcli:rebuild': 'ok perccli64 /cALL/eALL/sALL show rebuild J nolog',
      'storcli:battery': 'ok perccli64 /cALL/bbu show all J nolog',
      'storcli:capacitor': 'ok perccli64 /cALL/cv show all J nolog',
      storcli2: 'absent',
      'megacli:adapters': 'ok MegaCli64 -AdpAllInfo -aALL -NoLog',
      'megacli:volumes': 'ok MegaCli64 -LDPDInfo -aALL -NoLog',
      'megacli:drives': 'ok MegaCli64 -PDList -aALL -NoLog',
      'megacli:batteries': 'failed MegaCli64 -AdpBbuCmd -aALL -NoLog',
    });
  });

  it.runIf(isRoot)('asks once for every adapter of a driver', async () => {
    await tool('usr/StorMan/arcconf');
    await tool('usr/sbin/sas2ircu');
    await adapter(0, 'ahci');
    await adapter(1, 'aacraid');
    await adapter(2, 'aacraid');
    await adapter(3, 'mpt2sas');

    const found = outputs(await run('raid'));

    expect(found).toMatchObject({
      'arcconf:1': 'ok arcconf GETCONFIG 1 AL',
      'arcconf:2': 'ok arcconf GETCONFIG 2 AL',
      'sas2ircu:0': 'ok sas2ircu 0 DISPLAY',
      'sas2ircu:0:status': 'ok sas2ircu 0 STATUS',
    });
    expect(found).not.toHaveProperty(['arcconf:3']);
    expect(found).not.toHaveProperty(['sas2ircu:1']);
  });

  it.runIf(isRoot)('asks the controllers that the list of 3ware names', async () => {
    await tool(
      'usr/sbin/tw_cli',
      'case "$*" in show) printf "Ctl Model\\n---\\nc4  9650SE\\nc12 9750\\n" ;; *) echo "asked $*" ;; esac',
    );

    const found = outputs(await run('raid'));

    expect(found).toMatchObject({
      'tw_cli:c4': 'ok asked /c4 show all',
      'tw_cli:c12': 'ok asked /c12 show all',
    });
  });

  it.runIf(isRoot)('asks mdadm about the arrays there are', async () => {
    await tool('sbin/mdadm');
    await put(
      'proc/mdstat',
      'Personalities : [raid1]\nmd0 : active raid1 sda1[0]\n      1 blocks\nmd_d5 : inactive\nunused devices: <none>\n',
    );

    expect(outputs(await run('raid'))).toMatchObject({ mdadm: 'ok mdadm --detail /dev/md0 /dev/md_d5' });
  });

  it.runIf(isRoot)('lets a tool that hangs cost itself only', async () => {
    await tool('usr/sbin/ssacli', 'exec sleep 100');
    await tool('usr/sbin/mvcli');

    const found = outputs(await run('raid', { budget: 4 }));

    expect(found['ssacli:config']).toMatch(/^timeout/);
    expect(found['mvcli:hba']).toMatch(/^(?:ok|skipped)/);
  });

  it.runIf(isRoot)('tells a user without rights what would have to be run, and runs nothing', async () => {
    await tool('usr/sbin/storcli64', `echo ran >>"\${0%/usr/sbin/storcli64}/ran"`);
    await tool('usr/bin/ipmitool', `echo ran >>"\${0%/usr/bin/ipmitool}/ran"`);
    await put('dev/ipmi0', '');

    const raid = await run('raid', { uid: NOBODY });
    const ipmi = await run('ipmi', { uid: NOBODY });

    expect(raid.sections.get('storcli:drives')).toMatchObject({
      status: 'denied',
      tool: { command: `${root}/usr/sbin/storcli64 /cALL/eALL/sALL show all J nolog`, privilege: 'user' },
    });
    expect(ipmi.sections.get('ipmi-sensors')).toMatchObject({
      status: 'denied',
      tool: { command: `${root}/usr/bin/ipmitool sdr elist` },
    });
    await expect(readFile(join(root, 'ran'))).rejects.toThrow();
  });

  it.runIf(isRoot)('runs what sudo allows, and shows the command of what it does not', async () => {
    await tool(
      'usr/bin/sudo',
      'case "$*" in "-n -l") ;; "-n -l "*STATUS*) exit 1 ;; "-n -l "*) ;; *) shift && exec "$@" ;; esac',
    );
    await tool('usr/sbin/sas3ircu');

    const { sections } = await run('raid', { uid: NOBODY });

    expect(sections.get('sas3ircu:0')).toMatchObject({ status: 'ok', output: 'sas3ircu 0 DISPLAY\n' });
    expect(sections.get('sas3ircu:0:status')).toMatchObject({
      status: 'denied',
      tool: { command: `${root}/usr/sbin/sas3ircu 0 STATUS`, privilege: 'user' },
    });
  });

  it('leaves machines without a controller or its driver alone', async () => {
    await tool('usr/bin/ipmitool');

    const capture = await run('ipmi');

    expect(new Set([...capture.sections.values()].map((section) => section.status))).toEqual(
      new Set(['absent']),
    );
    expect(capture.sections.size).toBe(7);
  });

  it('asks ipmitool one thing after the other', async () => {
    await tool('usr/bin/ipmitool');
    await put('dev/ipmi0', '', 0o666);

    expect(outputs(await run('ipmi', { uid: isRoot ? NOBODY : undefined } as { uid?: number }))).toEqual({
      'ipmi-bmc': 'ok ipmitool mc info',
      'ipmi-chassis': 'ok ipmitool chassis status',
      'ipmi-sel-info': 'ok ipmitool sel info',
      'ipmi-sensors': 'ok ipmitool sdr elist',
      'ipmi-power': 'ok ipmitool dcmi power reading',
      'ipmi-sel': 'ok ipmitool sel elist last 100',
      'ipmi-fru': 'ok ipmitool fru',
    });
  });

  it('does not ask while another ipmitool runs', async () => {
    await put('dev/ipmi0', '', 0o666);
    // The name of the process is that of its program: a copy of sleep stands for a hanging ipmitool.
    await put('usr/bin/ipmitool', '', 0o755);
    const sleep = await readFile('/bin/sleep');
    await writeFile(join(root, 'usr/bin/ipmitool'), sleep);
    const other = spawn(join(root, 'usr/bin/ipmitool'), ['100'], { stdio: 'ignore' });
    try {
      const capture = await run('ipmi');

      expect(new Set([...capture.sections.values()].map((section) => section.status))).toEqual(
        new Set(['skipped']),
      );
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('is kept out by the lock of a capture that still asks', async () => {
    await tool('usr/bin/ipmitool', 'exec sleep 3');
    await put('dev/ipmi0', '', 0o666);
    await put('usr/bin/flock', '#!/bin/sh\nexec /usr/bin/flock "$@"\n', 0o755);
    const first = start('ipmi', { budget: 2 });
    const firstDone = finish(first);
    await new Promise((resolve) => setTimeout(resolve, 700));

    const second = await run('ipmi');

    expect([...second.sections.values()].map((section) => section.status)).toContain('skipped');
    expect((await firstDone).sections.get('ipmi-bmc')?.status).toBe('timeout');
  });

  it('asks nothing more of a controller that does not answer the first question', async () => {
    await tool('usr/bin/ipmitool', 'exec sleep 100');
    await put('dev/ipmi0', '', 0o666);

    const capture = await run('ipmi', { budget: 60 });

    expect(capture.sections.get('ipmi-bmc')?.status).toBe('timeout');
    expect(capture.sections.get('ipmi-sensors')?.status).toBe('skipped');
    expect(capture.durationSeconds).toBeLessThan(30);
  });
});

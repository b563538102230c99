import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Capture, parseCapture } from '../../../exporters/host/capture.ts';
import { CAPTURE_SCRIPT_PATH } from '../../../exporters/host/transports/capture-script.ts';
import { notice } from '../../support/notice.ts';
import { findShells } from '../../support/shells.ts';

const { found: shells, missing } = findShells();
for (const name of missing) notice('disks of capture.sh', `${name} is not on this machine`);
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** Answers as smartctl 7 and notes how it was asked, in the folder above it. */
const SMARTCTL = `echo "$*" >> "\${0%/usr/sbin/smartctl}/asked"
case "$*" in
  '-V') echo 'smartctl 7.2 2020-12-30 r5155 [x86_64-linux]' ;;
  '-j -V' | '-n standby -V') exit 0 ;;
  *--scan-open*)
    echo '/dev/sda -d scsi # /dev/sda, SCSI device'
    echo '/dev/bus/0 -d megaraid,8 # /dev/bus/0 [megaraid_disk_08], SCSI device'
    echo '# /dev/sdx -d scsi # /dev/sdx, SCSI device open failed: No such device'
    ;;
  *sdh*) exec sleep 100 ;;
  */dev/sdb) echo 'Device is in STANDBY mode, exit(2)'; exit 2 ;;
  *,7*) echo 'Smartctl open device: failed: INQUIRY failed'; exit 2 ;;
  *) echo "{\\"asked\\": \\"$*\\"}"; exit 64 ;;
esac`;

describe.each(shells)('capture.sh disks under $name', ({ command: [file, ...shellArguments] }) => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pgfleet-disks-'));
    await chmod(root, 0o777);
    await put('usr/sbin/smartctl', `#!/bin/sh\n${SMARTCTL}\n`, 0o755);
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  };
  const disk = async (name: string) => {
    await put(`sys/block/${name}/size`, '1000\n');
    await put(`sys/block/${name}/removable`, '0\n');
  };
  const run = async ({ uid, budget = 60 }: { uid?: number; budget?: number } = {}): Promise<Capture> => {
    const child = spawn(file, [...shellArguments, '-s', '--', '-b', String(budget), 'disks'], {
      env: { PGFLEET_ROOT: root },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    // Through its input, as over ssh: the other user may not reach this folder.
    child.stdin.end(await readFile(CAPTURE_SCRIPT_PATH));
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    await once(child, 'close');
    expect(stderr).toBe('');
    const capture = parseCapture(stdout);
    expect(capture.complete).toBe(true);
    return capture;
  };
  const asked = async () => (await readFile(join(root, 'asked'), 'utf8')).trim().split('\n');
  const names = ({ sections }: Capture) => [...sections.keys()];

  it('says that smartctl is not there', async () => {
    await rm(join(root, 'usr/sbin/smartctl'));

    const capture = await run();

    expect([...capture.sections.values()].map(({ name, status }) => [name, status])).toEqual([
      ['smartctl', 'absent'],
    ]);
  });

  it.runIf(isRoot)('asks each disk once, sleeping ones stay asleep', async () => {
    await disk('sda');
    await disk('sdb');
    await disk('hda');
    await put('sys/block/sr0/size', '1000\n');
    await put('sys/block/sdc/size', '0\n');
    await put('sys/block/hdc/size', '700\n');
    await put('sys/block/hdc/removable', '1\n');
    await put('sys/class/nvme/nvme0/model', 'x\n');

    const capture = await run();

    expect(names(capture)).toEqual([
      'smartctl',
      'smartctl-scan',
      'smartctl:/dev/sda',
      'smartctl:/dev/bus/0:megaraid,8',
      'smartctl:/dev/sdb',
      'smartctl:/dev/hda',
      'smartctl:/dev/nvme0',
    ]);
    expect(capture.sections.get('smartctl:/dev/sdb')).toMatchObject({ status: 'ok', exitCode: 2 });
    expect(capture.sections.get('smartctl:/dev/bus/0:megaraid,8')).toMatchObject({
      status: 'ok',
      exitCode: 64,
      output: '{"asked": "-n standby -j -l ssd -i -H -A -l error -l selftest -d megaraid,8 /dev/bus/0"}\n',
    });
    expect(capture.sections.get('smartctl-scan')?.output.split('\n')).toHaveLength(4);
  });

  it.runIf(isRoot)('asks nvme-cli where smartctl is missing', async () => {
    await rm(join(root, 'usr/sbin/smartctl'));
    await put('usr/sbin/nvme', '#!/bin/sh\necho "{\\"asked\\": \\"$*\\"}"\n', 0o755);
    await put('sys/class/nvme/nvme0/model', 'x\n');

    const capture = await run();

    expect(names(capture)).toEqual(['smartctl', 'nvme:/dev/nvme0:id-ctrl', 'nvme:/dev/nvme0:smart-log']);
    expect(capture.sections.get('nvme:/dev/nvme0:smart-log')?.output).toBe(
      '{"asked": "smart-log /dev/nvme0 -o json"}\n',
    );
  });

  it.runIf(isRoot)('asks for no JSON where smartctl has none, and no list where it gives none', async () => {
    const old = SMARTCTL.replace("'-j -V' |", '*-j*) exit 1 ;;').replace(
      '*--scan-open*)',
      "*--scan-open*) echo '=======> UNRECOGNIZED OPTION: scan-open'; exit 1 ;;\n  --never)",
    );
    await put('usr/sbin/smartctl', `#!/bin/sh\n${old}\n`, 0o755);
    await disk('sda');

    const capture = await run();

    expect(names(capture)).toEqual(['smartctl', 'smartctl-scan', 'smartctl:/dev/sda']);
    expect((await asked()).at(-1)).toBe('-n standby -i -H -A -l error -l selftest /dev/sda');
  });

  it.runIf(isRoot)('looks into the slots of controllers that hide their disks', async () => {
    await put(
      'usr/sbin/smartctl',
      `#!/bin/sh\n${SMARTCTL.replace('*--scan-open*)', '*--scan-open*) exit 0 ;; --never)')}\n`,
      0o755,
    );
    await disk('sda');
    await disk('cciss!c0d0');
    const host = (number: number, driver: string) =>
      put(`sys/class/scsi_host/host${number}/proc_name`, `${driver}\n`);
    await host(0, 'ahci');
    await host(1, 'megaraid_sas');
    await host(2, 'aacraid');
    await host(3, 'arcmsr');
    await host(4, 'mpt2sas');
    await put('sys/bus/scsi/devices/1:2:0:0/block/sda/size', '1000\n');
    // Kernels of EL5 name these "block:sdb" and "scsi_generic:sg1".
    await mkdir(join(root, 'sys/bus/scsi/devices/2:0:0:0'), { recursive: true });
    await symlink('/dev/null', join(root, 'sys/bus/scsi/devices/2:0:0:0/block:sdb'));
    await mkdir(join(root, 'sys/bus/scsi/devices/3:0:16:0'), { recursive: true });
    await symlink('/dev/null', join(root, 'sys/bus/scsi/devices/3:0:16:0/scsi_generic:sg1'));
    await put('sys/bus/scsi/devices/4:0:0:0/type', '0\n');
    await put('sys/bus/scsi/devices/4:0:0:0/scsi_generic/sg2/dev', '21:2\n');
    await put('sys/bus/scsi/devices/4:1:0:0/type', '0\n');
    await put('sys/bus/scsi/devices/4:1:0:0/block/sdc/size', '1000\n');
    await put('sys/bus/scsi/devices/4:1:0:0/scsi_generic/sg3/dev', '21:3\n');

    const capture = await run({ budget: 120 });
    const found = names(capture);

    const slots = (type: string, first: number) =>
      Array.from({ length: 32 - first }, (_, at) => `smartctl:${type}${first + at}`);
    expect(found).toEqual([
      'smartctl',
      'smartctl-scan',
      'smartctl:/dev/sda',
      ...slots('/dev/sda:megaraid,', 0),
      ...slots('/dev/sdb:aacraid,2,0,', 0),
      ...slots('/dev/sg1:areca,', 1),
      'smartctl:/dev/sg2',
      ...slots('/dev/cciss/c0d0:cciss,', 0),
    ]);
    expect(capture.sections.get('smartctl:/dev/sda:megaraid,7')).toMatchObject({ status: 'ok', exitCode: 2 });
  });

  it.runIf(isRoot)('loses one section to a disk that hangs', async () => {
    const script = (await readFile(CAPTURE_SCRIPT_PATH, 'utf8')).replaceAll(
      ' 15 root smartctl',
      ' 1 root smartctl',
    );
    expect(script).toContain(' 1 root smartctl');
    await put('capture.sh', script);
    await disk('sdg');
    await disk('sdh');
    await disk('sdi');

    const child = spawn(file, [...shellArguments, join(root, 'capture.sh'), '-b', '30', 'disks'], {
      env: { PGFLEET_ROOT: root },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    await once(child, 'close');
    const { sections, complete } = parseCapture(stdout);

    expect(complete).toBe(true);
    expect(sections.get('smartctl:/dev/sdg')?.status).toBe('ok');
    expect(sections.get('smartctl:/dev/sdh')?.status).toBe('timeout');
    expect(sections.get('smartctl:/dev/sdi')?.status).toBe('ok');
    expect(await runningBelow(root)).toEqual([]);
  });

  it.runIf(isRoot)('asks once where it may not read, and all where sudo lets it', async () => {
    await disk('sda');
    await disk('sdb');
    await put('usr/bin/sudo', '#!/bin/sh\necho sudo: a password is required >&2\nexit 1\n', 0o755);
    await put('asked', '', 0o666);

    const refused = await run({ uid: NOBODY });

    expect([...refused.sections.values()].map(({ name, status }) => [name, status])).toEqual([
      ['smartctl', 'ok'],
      ['smartctl-scan', 'ok'],
      ['smartctl:/dev/sda', 'denied'],
    ]);

    await put('usr/bin/sudo', '#!/bin/sh\nshift\nexec "$@"\n', 0o755);
    const granted = await run({ uid: NOBODY });

    expect(names(granted)).toContain('smartctl:/dev/sdb');
    expect(granted.sections.get('smartctl:/dev/sda')?.tool).toMatchObject({ privilege: 'sudo' });
  });
});

/** Command lines of processes that run something below a folder. */
async function runningBelow(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '' /* ended meanwhile */)),
  );
  return lines.filter((line) => line.includes(folder));
}

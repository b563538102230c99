import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Capture, parseCapture } from '../../../exporters/host/capture.ts';
import { CAPTURE_SCRIPT_PATH, captureScript } from '../../../exporters/host/transports/capture-script.ts';
import { notice } from '../../support/notice.ts';
import { findShells } from '../../support/shells.ts';

const { found: shells, missing } = findShells();
for (const name of missing) notice('capture.sh', `${name} is not on this machine`);
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly seconds: number;
  readonly capture: Capture;
  /** Process group of the script, which must be empty afterwards. */
  readonly group: number;
}

describe.each(shells)('capture.sh under $name', ({ command: [file, ...shellArguments] }) => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pgfleet-root-'));
    await chmod(root, 0o755);
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  };
  const tool = (path: string, script: string) => put(path, `#!/bin/sh\n${script}\n`, 0o755);
  const start = (args: readonly string[], options: { root?: string; uid?: number; input?: string } = {}) => {
    const { root: folder, uid, input } = options;
    const child = spawn(
      file,
      [...shellArguments, ...(input === undefined ? [CAPTURE_SCRIPT_PATH] : []), ...args],
      {
        detached: true,
        env: folder === undefined ? {} : { PGFLEET_ROOT: folder },
        ...(uid === undefined ? {} : { uid, gid: uid }),
      },
    );
    child.stdin.on('error', () => undefined).end(input);
    return child;
  };
  const run = async (
    args: readonly string[] = [],
    options: Parameters<typeof start>[1] = { root },
  ): Promise<Run> => {
    const startedAt = Date.now();
    const child = start(args, options);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('latin1').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const seconds = (Date.now() - startedAt) / 1000;
    return { stdout, stderr, code, seconds, capture: parseCapture(stdout), group: child.pid ?? 0 };
  };
  const statusOf = ({ capture }: Run, name: string) => capture.sections.get(name)?.status;
  const outputOf = ({ capture }: Run, name: string) => capture.sections.get(name)?.output;

  it('captures this machine completely and quietly', async () => {
    const result = await run([], {});

    expect(result.code).toBe(0);
    expect(result.stderr).toBe('');
    expect(result.capture.complete).toBe(true);
    for (const name of [
      'kernel',
      'os',
      'loadavg',
      'stat',
      'cpu0',
      'meminfo',
      'diskstats',
      'mounts',
      'netdev',
      'statfs',
    ]) {
      expect(statusOf(result, name), name).toBe('ok');
    }
    expect(result.capture.header?.time).toBeGreaterThan(Date.now() / 1000 - 60);
    expect(result.capture.header?.machine).toMatch(/^\w+$/);
    expect(outputOf(result, 'meminfo')).toContain('MemTotal:');
    expect(outputOf(result, 'statfs')).toMatch(/^(\d+ ){6}\.\/$/m);
    expect(membersOf(result.group)).toEqual([]);
  });

  it('reads numbers of /proc/sys whole, which the kernel gives to the first read only', async () => {
    const result = await run(['fast'], {});
    const threads = (await readFile('/proc/sys/kernel/threads-max', 'utf8')).trim();
    const swappiness = (await readFile('/proc/sys/vm/swappiness', 'utf8')).trim();

    expect(outputOf(result, 'limits')).toContain(`/proc/sys/kernel/threads-max\t${threads}\n`);
    expect(outputOf(result, 'settings')).toContain(`/proc/sys/vm/swappiness\t${swappiness}\n`);
  });

  it('counts processes and resolves the devices of chips in the detail and fast tiers', async () => {
    await put('proc/7/stat', '7 (a b) c) S 2 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 5 0 24');
    await put('proc/12/stat', '12 (x) R 2 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 24');
    await put('sys/devices/platform/coretemp.0/name', 'coretemp\n');
    await put('sys/class/hwmon/hwmon0/temp1_input', '5000\n');
    await symlink('../../../devices/platform/coretemp.0', join(root, 'sys/class/hwmon/hwmon0/device'));

    const result = await run(['fast', 'detail']);

    expect(outputOf(result, 'processes')?.split('\n').sort()).toEqual([
      '',
      'pids 2',
      'state R 1',
      'state S 1',
      'threads 6',
    ]);
    expect(outputOf(result, 'hwmon')).toContain(
      '/sys/class/hwmon/hwmon0/device\t/sys/devices/platform/coretemp.0\n',
    );
    expect(outputOf(result, 'hwmon')).toContain('/sys/class/hwmon/hwmon0/temp1_input\t5000\n');
  });

  it.each(['-s', '-c'])('runs from its standard input with %s', async (how) => {
    const script = how === '-s' ? await readFile(CAPTURE_SCRIPT_PATH, 'utf8') : await captureScript();
    const args =
      how === '-s' ? ['-s', '--', '-b', '5', 'fast'] : ['-c', 'eval "$(cat)"', 'x', '-b', '5', 'fast'];

    const result = await run(args, { input: script });

    expect(result.capture.complete).toBe(true);
    expect(statusOf(result, 'meminfo')).toBe('ok');
  });

  it('does nothing when it was cut off on its way', async () => {
    const script = await readFile(CAPTURE_SCRIPT_PATH, 'utf8');

    for (const share of [0.3, 0.6, 0.9, 0.999]) {
      const result = await run(['-s'], { input: script.slice(0, script.length * share) });
      expect(result.stdout).toBe('');
    }
  });

  it('tells absent, empty and read files apart below a replaced root', async () => {
    await put('proc/loadavg', '0.1 0.2 0.3 1/2 3\n');
    await put('proc/meminfo', '');
    await put('proc/vmstat', 'pgpgin 1');

    const result = await run();

    expect(outputOf(result, 'loadavg')).toBe('0.1 0.2 0.3 1/2 3\n');
    expect(statusOf(result, 'meminfo')).toBe('empty');
    expect(outputOf(result, 'vmstat')).toBe('pgpgin 1\n');
    expect(statusOf(result, 'stat')).toBe('absent');
    expect(statusOf(result, 'netclass')).toBe('absent');
    expect(statusOf(result, 'statfs')).toBe('absent');
    expect(result.capture.complete).toBe(true);
  });

  it.skipIf(!isRoot)('tells what it may not read', async () => {
    await put('proc/loadavg', '0.1 0.2 0.3 1/2 3\n', 0o600);
    await put('sys/class/net/eth0/mtu', '1500\n');
    await put('sys/class/net/eth0/address', '00:11\n', 0o600);
    await chmod(CAPTURE_SCRIPT_PATH, 0o644);
    const script = await readFile(CAPTURE_SCRIPT_PATH, 'utf8');

    const result = await run(['-s'], { root, uid: NOBODY, input: script });

    expect(statusOf(result, 'loadavg')).toBe('denied');
    expect(outputOf(result, 'netclass')).toBe('/sys/class/net/eth0/address\n/sys/class/net/eth0/mtu\t1500\n');
  });

  it('keeps the first paragraph of cpuinfo and every line of a tree', async () => {
    await put('proc/cpuinfo', 'processor : 0\nflags : fpu\n\nprocessor : 1\n');
    await put('etc/os-release', 'NAME="A  B"\n\nID=x');

    const result = await run();

    expect(outputOf(result, 'cpu0')).toBe('processor : 0\nflags : fpu\n');
    expect(outputOf(result, 'os')).toBe(
      '/etc/os-release\tNAME="A  B"\n/etc/os-release\t\n/etc/os-release\tID=x\n',
    );
  });

  it('is not misled by content that looks like its frames, or is no text', async () => {
    const hostile =
      'pgfleet-capture 1 01234567-89ab-4cde-8f01-23456789abcd time=1\n*\n$(reboot)\n`id`\n%s%n\\n\\\\\n';
    await put('proc/loadavg', hostile);
    await put('proc/vmstat', `${'\xff\x01'.repeat(50)}\n`);
    await put('etc/os-release', hostile);

    const result = await run();

    expect(outputOf(result, 'loadavg')).toBe(hostile);
    expect(statusOf(result, 'vmstat')).toBe('ok');
    expect(outputOf(result, 'os')).toBe(
      hostile.replace(/^/gm, '/etc/os-release\t').replace(/\/etc\/os-release\t$/, ''),
    );
    expect(result.capture.complete).toBe(true);
  });

  it('cuts a section at the given size and says so', async () => {
    await put('proc/vmstat', 'line of twenty bytes\n'.repeat(1000));
    await tool('usr/sbin/dmidecode', 'yes "line of twenty bytes" | head -n 100000');

    const result = await run(['-m', '2000', 'fast', 'inventory']);

    expect(statusOf(result, 'vmstat')).toBe('truncated');
    expect(outputOf(result, 'vmstat')?.length).toBeLessThanOrEqual(2000);
    expect(statusOf(result, 'dmidecode')).toBe('truncated');
    expect(outputOf(result, 'dmidecode')?.length).toBeLessThanOrEqual(2000);
    expect(result.capture.complete).toBe(true);
  });

  it('kills a reader that hangs and still gives the other sections', async () => {
    await put('proc/mounts', '/dev/sda1 / ext4 rw 0 0\n');
    await mkdir(join(root, 'proc/net'), { recursive: true });
    spawnSync('mkfifo', [join(root, 'proc/net/dev')]);
    await put('sys/class/net/eth0/mtu', '1500\n');

    const result = await run(['-b', '3']);

    expect(statusOf(result, 'netdev')).toBeOneOf(['timeout', undefined]);
    expect(result.capture.complete).toBe(true);
    expect(outputOf(result, 'netclass')).toBe('/sys/class/net/eth0/mtu\t1500\n');
    expect(result.seconds).toBeLessThan(6);
    expect(membersOf(result.group)).toEqual([]);
  });

  it('reports tools with command, privilege, exit code and output', async () => {
    await tool('usr/sbin/dmidecode', 'echo "# dmidecode 3.4"; printf "no line end"; exit 3');

    const result = await run(['inventory']);

    expect(result.capture.sections.get('dmidecode')).toMatchObject({
      status: 'failed',
      exitCode: 3,
      output: '# dmidecode 3.4\nno line end\n',
      tool: { command: `${root}/usr/sbin/dmidecode`, privilege: isRoot ? 'root' : 'user' },
    });
    expect(result.capture.sections.has('loadavg')).toBe(false);
  });

  it('knows a tool that is not installed', async () => {
    expect(statusOf(await run(['inventory']), 'dmidecode')).toBe('absent');
  });

  it.skipIf(!isRoot)('asks sudo without a password and tells its refusal from a failure', async () => {
    await tool('usr/sbin/dmidecode', 'echo "System Information"');
    await tool('usr/bin/sudo', 'echo "sudo: a password is required" >&2; exit 1');
    const script = await readFile(CAPTURE_SCRIPT_PATH, 'utf8');

    const refused = await run(['-s', '--', 'inventory'], { root, uid: NOBODY, input: script });
    await tool('usr/bin/sudo', '[ "$1" = -n ] && shift && exec "$@"');
    const granted = await run(['-s', '--', 'inventory'], { root, uid: NOBODY, input: script });

    expect(refused.capture.sections.get('dmidecode')).toMatchObject({
      status: 'denied',
      tool: { privilege: 'sudo' },
    });
    expect(granted.capture.sections.get('dmidecode')).toMatchObject({
      status: 'ok',
      output: 'System Information\n',
    });
  });

  it.each([
    ['hangs', 'echo begun; exec sleep 60', 'begun\n'],
    ['hangs with children', 'echo begun; sleep 60; echo never', 'begun\n'],
    ['ignores signals', 'trap "" TERM HUP INT; echo begun; while :; do sleep 1; done', 'begun\n'],
    ['prints without end', 'while :; do echo begun; done', 'begun\n'],
  ])('ends a tool that %s', async (_what, script, output) => {
    await tool('usr/sbin/dmidecode', script);

    const result = await run(['-b', '2', 'inventory']);

    expect(statusOf(result, 'dmidecode')).toBe('timeout');
    expect(outputOf(result, 'dmidecode')).toContain(output);
    expect(result.capture.complete).toBe(true);
    expect(result.seconds).toBeLessThan(7);
  });

  it('leaves nothing behind when its reader goes away', async () => {
    await tool('usr/sbin/dmidecode', 'while :; do echo x; sleep 0.1; done');
    const child = start(['-b', '20', 'inventory'], { root });
    await new Promise((done) => child.stdout.once('data', done));

    child.stdout.destroy();

    const deadline = Date.now() + 8000;
    while (membersOf(child.pid ?? 0).length > 0 && Date.now() < deadline) await sleep(100);
    expect(membersOf(child.pid ?? 0)).toEqual([]);
  });

  it('runs any number of times at once', async () => {
    const results = await Promise.all([...new Array(6)].map(() => run([], {})));

    expect(results.every(({ capture }) => capture.complete)).toBe(true);
  });

  it('refuses a tier it does not know', async () => {
    const result = await run(['everything']);

    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('unknown tier everything');
  });
});

const strace = spawnSync('strace', ['-V']).status === 0;
if (!strace) notice('capture.sh', 'strace is not on this machine: that it writes nothing was not watched');

it.skipIf(!strace)('writes to no file', () => {
  const { stderr } = spawnSync(
    'strace',
    [
      '-f',
      '-e',
      'trace=open,openat,creat,unlink,unlinkat,mkdir,mkdirat,rename',
      'sh',
      CAPTURE_SCRIPT_PATH,
      'all',
    ],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } },
  );

  const opened = stderr.split('\n').filter((line) => /^(?:\[pid +\d+\] )?(?:open|openat)\(/.test(line));
  const changes = stderr
    .split('\n')
    .filter((line) => /O_WRONLY|O_RDWR|O_CREAT|creat\(|unlink|mkdir|rename/.test(line))
    // Barman notes in its log that it was asked.
    .filter((line) => !/"\/(?:dev\/(?:null|tty)"|var\/log\/barman\/)/.test(line));
  expect(opened.length).toBeGreaterThan(20);
  expect(changes).toEqual([]);
});

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!shellcheck) notice('capture.sh', 'shellcheck is not on this machine');

it.skipIf(!shellcheck)('passes shellcheck', () => {
  const { stdout } = spawnSync('shellcheck', ['-s', 'sh', CAPTURE_SCRIPT_PATH], { encoding: 'utf8' });

  expect(stdout).toBe('');
});

/** Commands of a process group, those aside that ended and wait for somebody to notice. */
function membersOf(group: number): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^ *(\d+) +(\S+) +(.*)$/.exec(line) ?? [])
    .flatMap(([, pgid, state, args = '']) =>
      Number(pgid) === group && !state?.startsWith('Z') ? [args] : [],
    );
}

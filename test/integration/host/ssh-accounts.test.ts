import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { parseCapture } from '../../../exporters/host/capture.ts';
import { sudoersLines } from '../../../exporters/host/check-host.ts';
import { resolveSsh, type SshTarget } from '../../../exporters/host/config.ts';
import { createHostExporter, type HostExporter } from '../../../exporters/host/exporter.ts';
import type { Tier } from '../../../exporters/host/host-collector.ts';
import { HostError } from '../../../exporters/host/host-error.ts';
import { createSshTransport } from '../../../exporters/host/transports/ssh.ts';
import type { Transport } from '../../../exporters/host/transports/transport.ts';
import { createLogger } from '../../../lib/log.ts';
import { Secret } from '../../../lib/secret.ts';
import { type Account, type AccountOptions, HAS_SUDO, makeAccount } from '../../support/accounts.ts';
import { print } from '../../support/host.ts';
import { notice } from '../../support/notice.ts';
import { canBind, findSshd, type Sshd, startSshd } from '../../support/sshd.ts';

const binary = findSshd();
const possible = binary !== undefined && process.getuid?.() === 0 && canBind();
if (!possible) notice('accounts over ssh', 'needs sshd, root and the right to mount');
if (possible && !HAS_SUDO) notice('accounts with sudo', 'no sudo on this machine');

/** Logins as on a real host: its own account with a password, sudo, shell start-up files, tools that misbehave. */
const EVERYTHING = ['monitor ALL=(root) NOPASSWD: ALL'];

describe.skipIf(!possible)('ssh to an account of a host', () => {
  const open: { close(): Promise<void> }[] = [];
  const servers: Sshd[] = [];
  const agents: ChildProcess[] = [];
  const accounts: Account[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    for (const agent of agents) agent.kill();
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all(accounts.map(({ folder }) => rm(folder, { recursive: true, force: true })));
  });

  const host = async (
    options: AccountOptions = {},
    config: readonly string[] = [],
    more: Account['binds'] = [],
  ) => {
    const account = await makeAccount(options);
    accounts.push(account);
    const server = await startSshd(binary ?? '', { config, binds: [...account.binds, ...more] });
    servers.push(server);
    await writeFile(join(server.folder, 'known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
    const ssh = {
      address: { host: '127.0.0.1', port: server.port },
      user: account.user,
      key_file: server.clientKey,
      known_hosts_file: join(server.folder, 'known_hosts'),
    };
    return { account, server, ssh, target: resolveSsh('db1', ssh) };
  };
  const transport = (target: SshTarget): Transport => {
    const made = createSshTransport(target, { now: Date.now });
    open.push(made);
    return made;
  };
  const run = async (target: SshTarget, tiers: readonly Tier[] = ['fast'], budgetMs = 15_000) => {
    const signal = AbortSignal.timeout(budgetMs);
    return parseCapture((await transport(target).run({ tiers, budgetMs, signal })).text);
  };
  const failure = async (target: SshTarget): Promise<HostError> => {
    const error = await run(target).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error instanceof HostError) return error;
    throw new Error('expected a HostError', { cause: error });
  };
  const withPassword = (target: SshTarget, password: string): SshTarget => ({
    ...target,
    login: { ...target.login, keyFile: undefined, password: new Secret(password) },
  });
  const exporterOf = async (ssh: Awaited<ReturnType<typeof host>>['ssh']): Promise<HostExporter> => {
    const exporter = await createHostExporter(
      { hosts: [{ name: 'db1', transport: 'ssh', ssh }] },
      { log: createLogger({ name: 'test', level: 'silent' }), now: Date.now },
    );
    open.push(exporter);
    return exporter;
  };
  const probe = async (exporter: HostExporter, budgetMs = 10_000) =>
    (await exporter.probe('db1', { budgetMs, signal: new AbortController().signal })).flatMap(print);

  it.each([
    ['asked by sshd', ['PasswordAuthentication yes', 'KbdInteractiveAuthentication no']],
    ['asked by PAM', ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes', 'UsePAM yes']],
  ])('logs in with a password %s, and says when it is wrong', async (_what, config) => {
    const { account, target } = await host({}, config);

    const capture = await run(withPassword(target, account.password));
    const error = await failure(withPassword(target, 'battery staple'));

    expect(capture.complete).toBe(true);
    expect(capture.sections.get('meminfo')?.status).toBe('ok');
    expect(error.reason).toBe('auth');
    expect(error.message).not.toContain('staple');
  });

  it.each([
    ['sshd', ['PasswordAuthentication yes', 'KbdInteractiveAuthentication no']],
    ['PAM', ['PasswordAuthentication yes', 'KbdInteractiveAuthentication no', 'UsePAM yes']],
  ])('explains a password that has expired, as %s tells it', async (_what, config) => {
    const { account, target } = await host({ expired: true }, config);

    const error = await failure(withPassword(target, account.password));

    expect(error.reason).toBe('auth');
    expect(error.message).toContain('password has expired');
  });

  it('uses the keys of an agent', async () => {
    const { server, target } = await host();
    const socket = join(server.folder, 'agent');
    agents.push(spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
    await added(socket, server.clientKey);

    const login = { ...target.login, keyFile: undefined, agentSocket: socket };

    expect((await run({ ...target, login })).complete).toBe(true);
  });

  it.skipIf(!HAS_SUDO)(
    'reads through sudo what sudo lets it, and tells the line that would let it otherwise',
    async () => {
      const tools = { dmidecode: 'echo "read by $(id -u)"' };
      const without = await host({ tools });
      const refused = (await run(without.target, ['inventory'])).sections.get('dmidecode');
      const lines = sudoersLines('monitor', refused === undefined ? [] : [refused]);
      const withRights = await host({ tools, sudoers: lines });
      const granted = (await run(withRights.target, ['inventory'])).sections.get('dmidecode');

      expect(refused).toMatchObject({ status: 'denied', tool: { privilege: 'sudo' } });
      expect(lines.join('\n')).toContain('monitor ALL=(root) NOPASSWD: /usr/local/sbin/dmidecode');
      expect(granted).toMatchObject({ status: 'ok', output: 'read by 0\n', tool: { privilege: 'sudo' } });
    },
  );

  it('reads on behind a banner and a start-up file that fails', async () => {
    const { account, server, target } = await host({ shell: '/bin/bash' });
    await writeFile(join(server.folder, 'banner'), 'Authorized use only!\n');
    const noisy = await host({ shell: '/bin/bash' }, [`Banner ${join(server.folder, 'banner')}`]);
    const rc =
      'echo "Welcome to db1"\nnosuchcommand\ncd /nonexistent\nexport PATH=/nowhere LC_ALL=xx_YY\nalias cat=false\n';
    await writeFile(join(account.home, '.bashrc'), rc);
    await writeFile(join(noisy.account.home, '.bashrc'), rc);

    for (const one of [target, noisy.target]) {
      const capture = await run(one);
      expect(capture.complete).toBe(true);
      expect(capture.sections.get('stat')?.status).toBe('ok');
    }
  });

  it('keeps the fast tier on time while a tool hangs', async () => {
    const { ssh } = await host({
      sudoers: EVERYTHING,
      tools: { dmidecode: 'trap "" TERM HUP INT; exec sleep 12' },
    });
    const exporter = await exporterOf(ssh);
    await probe(exporter);
    const startedAt = Date.now();

    const samples = await probe(exporter, 5000);

    expect(Date.now() - startedAt).toBeLessThan(5000);
    expect(samples).toContain('pgfleet_host_up 1');
    expect(samples.some((line) => line.startsWith('node_load1 '))).toBe(true);
  });

  it('cuts a tool that prints 50 MB and reads the rest', async () => {
    const line = 'x'.repeat(99);
    const { target } = await host({
      sudoers: EVERYTHING,
      tools: { dmidecode: `yes ${line} | head -n 500000` },
    });

    const capture = await run(target, ['inventory', 'fast'], 60_000);

    expect(capture.sections.get('dmidecode')?.status).toBe('truncated');
    expect(capture.sections.get('dmidecode')?.output.length).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(capture.sections.get('stat')?.status).toBe('ok');
    expect(capture.complete).toBe(true);
  });

  it('measures how wrong the clock of the host is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pgfleet-clock-'));
    await chmod(folder, 0o755);
    const [real, wrong] = [join(folder, 'date'), join(folder, 'wrong-date')];
    await copyFile('/bin/date', real);
    await writeFile(wrong, `#!/bin/sh\nexec ${real} -d '1 hour' "$@"\n`);
    for (const file of [real, wrong]) await chmod(file, 0o755);
    const { ssh } = await host({}, [], [[wrong, '/usr/bin/date']]);

    const samples = await probe(await exporterOf(ssh));
    const of = (name: string) => Number(samples.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);

    await rm(folder, { recursive: true });
    expect(Math.abs(of('pgfleet_host_clock_offset_seconds') - 3600)).toBeLessThan(
      of('pgfleet_host_clock_offset_error_seconds') + 0.1,
    );
  });
});

/** The agent takes a moment to listen. */
async function added(socket: string, key: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const child = spawn('ssh-add', ['-q', key], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    });
    if ((await new Promise((done) => child.once('close', done))) === 0) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('ssh-add failed');
}

import { existsSync } from 'node:fs';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseCapture } from '../../../exporters/host/capture.ts';
import { resolveSsh, type SshTarget } from '../../../exporters/host/config.ts';
import { HostError } from '../../../exporters/host/host-error.ts';
import { fetchHostKey, pinKey } from '../../../exporters/host/transports/host-trust.ts';
import { createSshTransport } from '../../../exporters/host/transports/ssh.ts';
import type { Transport } from '../../../exporters/host/transports/transport.ts';
import { Secret } from '../../../lib/secret.ts';
import { notice } from '../../support/notice.ts';
import { findSshd, keygen, type Sshd, type SshdOptions, startSshd } from '../../support/sshd.ts';

const binary = findSshd();
if (binary === undefined) notice('ssh transport', 'no sshd on this machine (Debian: openssh-server)');

describe.skipIf(binary === undefined)('ssh transport against a real sshd', () => {
  const open: Transport[] = [];
  const servers: Sshd[] = [];
  let sshd: Sshd;

  const start = async (options?: SshdOptions) => {
    const server = await startSshd(binary ?? '', options);
    servers.push(server);
    return server;
  };
  /** An entry as in pgfleet.yml, with the host key pinned unless told otherwise. */
  const target = async (
    server: Sshd,
    more: Partial<SshTarget> = {},
    pinned = server.hostKey,
  ): Promise<SshTarget> => {
    const knownHostsFile = join(server.folder, `known_hosts_${Math.random().toString(36).slice(2)}`);
    await writeFile(knownHostsFile, pinned === '' ? '' : `[127.0.0.1]:${server.port} ${pinned}\n`);
    const ssh = {
      address: { host: '127.0.0.1', port: server.port },
      user: server.user,
      key_file: server.clientKey,
    };
    return { ...resolveSsh('web1', ssh), knownHostsFile, ...more };
  };
  const transport = (to: SshTarget, now: () => number = Date.now) => {
    const made = createSshTransport(to, { now });
    open.push(made);
    return made;
  };
  const run = async (of: Transport, budgetMs = 8000) => {
    const text = await of.run({ tiers: ['fast'], budgetMs, signal: AbortSignal.timeout(budgetMs) });
    return { ...text, capture: parseCapture(text.text) };
  };
  const failure = async (of: Transport, budgetMs?: number): Promise<HostError> => {
    const error = await run(of, budgetMs).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error instanceof HostError) return error;
    throw new Error('expected a HostError', { cause: error });
  };

  beforeAll(async () => {
    sshd = await start();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('captures over one kept connection, several at once', async () => {
    const ssh = transport(await target(sshd));

    const first = await run(ssh);
    const both = await Promise.all([run(ssh), run(ssh)]);

    expect(first.capture.complete).toBe(true);
    expect(first.capture.sections.get('stat')?.status).toBe('ok');
    expect(both.map(({ capture }) => capture.complete)).toEqual([true, true]);
  });

  it('refuses a host whose key is not known, saying what to compare and how to pin it', async () => {
    const error = await failure(transport(await target(sshd, {}, '')));

    expect(error.reason).toBe('host_key');
    expect(error.message).toMatch(/is not in .*known_hosts.*: it showed ssh-ed25519 SHA256:\S{43}\./);
    expect(error.message).toContain('pgfleet host trust web1');
  });

  it('refuses a host whose key changed', async () => {
    keygen(join(sshd.folder, 'other'));
    const other = (await readFile(join(sshd.folder, 'other.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');

    const error = await failure(transport(await target(sshd, {}, other)));

    expect(error.reason).toBe('host_key');
    expect(error.message).toMatch(
      /changed: .* line 1 has ssh-ed25519 SHA256:.*it showed ssh-ed25519 SHA256:/,
    );
    expect(error.message).toContain('--replace');
  });

  it('pins a key that was shown and then logs in', async () => {
    const to = await target(sshd, {}, '');
    const shown = await fetchHostKey(to);
    expect(shown.standing).toBe('unknown');
    expect(`${shown.key.type} ${shown.key.key}`).toBe(sshd.hostKey);

    await pinKey(to.knownHostsFile, shown, { replace: false });

    expect(await readFile(to.knownHostsFile, 'utf8')).toBe(`[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
    expect((await run(transport(to))).capture.complete).toBe(true);
    expect((await fetchHostKey(to)).standing).toBe('trusted');
  });

  it('replaces a changed key only when told to, and keeps the other hosts', async () => {
    keygen(join(sshd.folder, 'third'));
    const other = (await readFile(join(sshd.folder, 'third.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    const to = await target(sshd, {}, other);
    await appendFile(to.knownHostsFile, `db2,[127.0.0.1]:${sshd.port} ${other}\ndb3 ${other}`);
    const shown = await fetchHostKey(to);

    await expect(pinKey(to.knownHostsFile, shown, { replace: false })).rejects.toThrow('--replace');
    await pinKey(to.knownHostsFile, shown, { replace: true });

    expect(await readFile(to.knownHostsFile, 'utf8')).toBe(
      `db2 ${other}\ndb3 ${other}\n[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`,
    );
    expect((await run(transport(to))).capture.complete).toBe(true);
  });

  it('picks the pinned one of several host keys', async () => {
    const server = await start();
    keygen(join(server.folder, 'rsa'), 'rsa');
    const rsa = (await readFile(join(server.folder, 'rsa.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    const both = await start({ config: [`HostKey ${join(server.folder, 'rsa')}`] });

    expect((await run(transport(await target(both, {}, rsa)))).capture.complete).toBe(true);
  });

  it('offers the algorithms of old hosts only where that is asked for', async () => {
    const folder = (await start()).folder;
    keygen(join(folder, 'rsa'), 'rsa');
    const rsa = (await readFile(join(folder, 'rsa.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    const old = await start({
      config: [
        `HostKey ${join(folder, 'rsa')}`,
        'HostKeyAlgorithms ssh-rsa',
        'KexAlgorithms diffie-hellman-group14-sha1',
        'Ciphers aes128-cbc',
      ],
    });

    const refused = await failure(transport(await target(old, {}, rsa)));
    const accepted = await run(transport(await target(old, { legacyAlgorithms: true }, rsa)));

    expect(refused.reason).toBe('algorithms');
    expect(refused.message).toContain('ssh.legacy_algorithms: true');
    expect(accepted.capture.complete).toBe(true);
  });

  it('uses a key with a passphrase, and says when it is wrong', async () => {
    const file = join(sshd.folder, 'locked');
    keygen(file, 'ed25519', 'open sesame');
    await appendFile(join(sshd.folder, 'authorized_keys'), await readFile(`${file}.pub`));
    const to = await target(sshd);
    const login = { ...to.login, keyFile: file, passphrase: new Secret('open sesame') };

    expect((await run(transport({ ...to, login }))).capture.complete).toBe(true);
    const error = await failure(transport({ ...to, login: { ...login, passphrase: new Secret('wrong') } }));
    expect(error.reason).toBe('auth');
    expect(error.message).not.toContain('wrong');
  });

  it('says when the host accepts none of the credentials, and does not try again at once', async () => {
    keygen(join(sshd.folder, 'stranger'));
    const to = await target(sshd);
    let now = 1_000_000;
    const ssh = transport(
      { ...to, login: { ...to.login, keyFile: join(sshd.folder, 'stranger') } },
      () => now,
    );

    const first = await failure(ssh);
    const again = await failure(ssh);
    now += 31_000;
    const later = await failure(ssh);

    expect(first.reason).toBe('auth');
    expect(again).toBe(first);
    expect(later).not.toBe(first);
  });

  it('goes through a jump host, checking both keys', async () => {
    const jump = await start();
    const inner = await start();
    const to = await target(inner);
    const through = { ...to, jump: { ...to.login, port: jump.port, keyFile: jump.clientKey } };

    expect((await failure(transport(through))).message).toContain(`127.0.0.1:${jump.port} is not in`);
    const shown = await fetchHostKey(through);
    expect(shown.address.port).toBe(jump.port);
    await pinKey(to.knownHostsFile, shown, { replace: false });

    expect((await run(transport(through))).capture.complete).toBe(true);
    expect((await fetchHostKey(through)).address.port).toBe(inner.port);
  });

  it('tolerates a banner and noise of shell start-up files', async () => {
    const server = await start();
    await writeFile(join(server.folder, 'banner'), 'Authorized use only!\n');
    const noise = `echo 'Last login: today'; echo 'profile: syntax error' >&2; printf 'no line end'; exec sh -c "$SSH_ORIGINAL_COMMAND"`;
    await writeFile(join(server.folder, 'noisy'), `#!/bin/sh\n${noise}\n`, { mode: 0o755 });
    const noisy = await start({
      config: [`Banner ${join(server.folder, 'banner')}`, `ForceCommand ${join(server.folder, 'noisy')}`],
    });

    const { text, capture } = await run(transport(await target(noisy)));

    expect(text.startsWith('Last login')).toBe(true);
    expect(capture.complete).toBe(true);
  });

  it.each([
    ['a shell that says no', 'echo "This account is not available."; exit 1', 'command', 'not available'],
    [
      'an expired password',
      'echo "WARNING: Your password has expired." >&2; exit 1',
      'auth',
      'password has expired',
    ],
  ] as const)('explains %s', async (_what, script, reason, text) => {
    const folder = (await start()).folder;
    await writeFile(join(folder, 'shell'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const server = await start({ config: [`ForceCommand ${join(folder, 'shell')}`] });

    const error = await failure(transport(await target(server)));

    expect(error.reason).toBe(reason);
    expect(error.message).toContain(text);
  });

  it('gives what had come when the connection is cut in the middle, and connects again', async () => {
    const folder = (await start()).folder;
    const half = `cat >/dev/null; . ${join(folder, 'half')}`;
    await writeFile(
      join(folder, 'half'),
      `read -r t </proc/sys/kernel/random/uuid
printf '\\npgfleet-capture 1 %s time=1 zone=+0000/UTC uptime=1 machine=x tiers=fast\\n' "$t"
printf '%s begin loadavg kind=file\\n0.1 0.2 0.3 1/2 3\\n\\n%s end loadavg status=ok code=0 lines=1\\n%s begin stat kind=file\\ncpu  1' "$t" "$t" "$t"
: >${join(folder, 'begun')}
sleep 30
`,
    );
    await writeFile(join(folder, 'shell'), `#!/bin/sh\n${half}\n`, { mode: 0o755 });
    const server = await start({ config: [`ForceCommand ${join(folder, 'shell')}`] });
    const ssh = transport(await target(server));

    const cutOnceBegun = async () => {
      while (!existsSync(join(folder, 'begun'))) await sleep(20);
      // What was printed before is still on its way.
      await sleep(300);
      await rm(join(folder, 'begun'));
      server.cutConnections();
    };

    const [{ capture }] = await Promise.all([run(ssh), cutOnceBegun()]);

    expect(capture.complete).toBe(false);
    expect(capture.sections.get('loadavg')?.status).toBe('ok');
    expect(capture.sections.get('stat')?.status).toBe('truncated');
    const [again] = await Promise.all([run(ssh), cutOnceBegun()]);
    expect(again.capture.sections.get('loadavg')?.status).toBe('ok');
  });

  it('does not wait for a tool that keeps the channel open after the end of the capture', async () => {
    const folder = (await start()).folder;
    const shell = join(folder, 'shell');
    await writeFile(shell, `#!/bin/sh\nsh -c "$SSH_ORIGINAL_COMMAND"\nsleep 20\n`, { mode: 0o755 });
    const server = await start({ config: [`ForceCommand ${shell}`] });
    const started = Date.now();

    const { capture } = await run(transport(await target(server)));

    expect(capture.complete).toBe(true);
    expect(Date.now() - started).toBeLessThan(6000);
  });

  it('answers within the budget when a connected host falls silent, then connects anew', async () => {
    const server = await start();
    const ssh = transport(await target(server));
    await run(ssh);
    server.pause();
    const started = Date.now();

    const error = await failure(ssh, 1500);

    expect(error.code).toBe('timeout');
    expect(Date.now() - started).toBeLessThan(2000);
    server.resume();
    expect((await run(ssh)).capture.complete).toBe(true);
  });

  it('answers within the budget when nobody speaks ssh on the port', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const to = await target(sshd);
    const started = Date.now();

    const error = await failure(transport({ ...to, login: { ...to.login, port: address.port } }), 1000);

    expect(error.code).toBe('timeout');
    expect(Date.now() - started).toBeLessThan(1500);
    silent.close();
  });

  it('says that nobody listens', async () => {
    const server = await start();
    const to = await target(sshd);
    await server.stop();

    const login = { ...to.login, port: server.port };
    expect((await failure(transport({ ...to, login }))).reason).toBe('refused');
  });

  it('stops reading an endless capture', async () => {
    const folder = (await start()).folder;
    await writeFile(
      join(folder, 'shell'),
      `#!/bin/sh\ncat >/dev/null; printf 'pgfleet-capture 1 01234567-89ab-4cde-8f01-23456789abcd time=1\\n'; exec cat /dev/zero\n`,
      { mode: 0o755 },
    );
    const server = await start({ config: [`ForceCommand ${join(folder, 'shell')}`] });

    const { text } = await run(transport(await target(server)), 30_000);

    expect(text.length).toBe(32 * 1024 * 1024);
  });
});

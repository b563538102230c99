import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { type Algorithms, Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import type { SshLogin, SshTarget } from '../config.ts';
import { HostError, type HostErrorReason, unreadable } from '../host-error.ts';
import { entriesFor, fingerprint, hostKeyOf, judge, type KnownHost, parseKnownHosts } from './known-hosts.ts';

/** A logged-in connection, with the one to the jump host below it. */
export interface SshConnection {
  readonly client: Client;
  /** Closes it at once, whatever state it is in. */
  destroy(): void;
}

/** What to do with the key a server shows: true goes on to log in. */
export type KeyCheck = (shown: Buffer, login: SshLogin) => boolean | HostError;

/**
 * Connects, checks the host key and logs in, through the jump host when there is one. Throws
 * HostError with the reason: nothing is sent to a host whose key is not pinned.
 */
export async function connectSsh(target: SshTarget, signal?: AbortSignal): Promise<SshConnection> {
  const known = await readKnownHosts(target.knownHostsFile);
  const check: KeyCheck = (shown, login) => keyProblem(target, known, login, shown) ?? true;
  const { login, jump } = target;
  if (jump === undefined) return open({ target, login, known, check, signal });
  const first = await open({ target, login: jump, known, check, signal });
  try {
    const socket = await forward(first.client, login);
    const second = await open({ target, login, known, check, signal, socket });
    const destroy = () => {
      second.destroy();
      first.destroy();
    };
    first.client.once('close', () => second.destroy());
    return { client: second.client, destroy };
  } catch (error) {
    first.destroy();
    throw error;
  }
}

/** Entries of the file; a file that does not exist yet knows nobody. */
export async function readKnownHosts(file: string): Promise<KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unreadable('file', 'known_hosts file', file, error);
  }
}

export interface OpenOptions {
  readonly target: SshTarget;
  /** The host of the target or its jump host. */
  readonly login: SshLogin;
  readonly known: readonly KnownHost[];
  readonly check: KeyCheck;
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** The way through the jump host. */
  readonly socket?: Duplex;
}

/** Opens one connection; exported for `host trust`, which stops at the key. */
export async function open(options: OpenOptions): Promise<SshConnection> {
  const { target, login, known, check, signal, socket } = options;
  const credentials = await credentialsOf(login);
  const client = new Client();
  const where = `${login.user}@${login.host}:${login.port}`;
  return new Promise((resolve, reject) => {
    let refusal: HostError | undefined;
    const fail = (error: Error) => {
      signal?.removeEventListener('abort', abort);
      client.destroy();
      reject(refusal ?? explain(error, where, target));
    };
    const abort = () => fail(new Error('pgfleet stops'));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    client.once('ready', () => {
      client.off('error', fail);
      signal?.removeEventListener('abort', abort);
      // Later errors end the connection, and `close` tells its owner.
      client.on('error', () => undefined);
      resolve({ client, destroy: () => client.destroy() });
    });
    client.on('error', fail);
    client.once('close', () => fail(new Error('the connection was closed before the login was complete')));
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
      finish(answers(prompts, login));
    });
    try {
      client.connect({
        ...credentials,
        ...(socket === undefined ? { host: login.host, port: login.port } : { sock: socket }),
        username: login.user,
        readyTimeout: target.connectTimeoutMs,
        keepaliveInterval: target.keepaliveIntervalMs,
        keepaliveCountMax: 3,
        algorithms: algorithms(target.legacyAlgorithms, entriesFor(known, login.host, login.port)),
        hostVerifier: (shown: Buffer) => {
          const verdict = check(shown, login);
          if (verdict instanceof HostError) refusal = verdict;
          return verdict === true;
        },
      });
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

export function forward(client: Client, { host, port }: SshLogin): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else
        reject(new HostError('unreachable', `the jump host cannot reach ${host}:${port}`, { cause: error }));
    });
  });
}

type Credentials = Pick<
  ConnectConfig,
  'privateKey' | 'passphrase' | 'password' | 'agent' | 'tryKeyboard' | 'authHandler'
>;

async function credentialsOf(login: SshLogin): Promise<Credentials> {
  const { keyFile, passphrase, password, agentSocket } = login;
  const methods: ('publickey' | 'agent' | 'password' | 'keyboard-interactive')[] = [];
  if (keyFile !== undefined) methods.push('publickey');
  if (agentSocket !== undefined) methods.push('agent');
  if (password !== undefined) methods.push('password', 'keyboard-interactive');
  return {
    authHandler: methods,
    ...(keyFile === undefined ? {} : { privateKey: await readKey(keyFile) }),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
    ...(agentSocket === undefined ? {} : { agent: agentSocket }),
    ...(password === undefined ? {} : { password: password.reveal(), tryKeyboard: true }),
  };
}

async function readKey(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable('auth', 'ssh key', file, error);
  }
}

/** PAM asks for the password in words. Anything else it asks, such as a new one, gets no answer. */
function answers(prompts: readonly { prompt: string }[], { password }: SshLogin): string[] {
  const [only] = prompts;
  const asked = prompts.length === 1 && /password/i.test(only?.prompt ?? '');
  if (!asked || /new|current|retype|again/i.test(only?.prompt ?? '') || password === undefined) return [];
  return [password.reveal()];
}

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];
const LEGACY_HOST_KEYS: readonly ServerHostKeyAlgorithm[] = ['ssh-rsa', 'ssh-dss'];

/** Types we have a key of come first: a server with several keys must show one that can be compared. */
function algorithms(legacy: boolean, entries: readonly KnownHost[]): Algorithms {
  const offered = legacy ? [...HOST_KEYS, ...LEGACY_HOST_KEYS] : HOST_KEYS;
  const pinned = new Set(entries.map(({ keyType }) => keyType));
  const isPinned = (type: string) => pinned.has(type.startsWith('rsa-sha2-') ? 'ssh-rsa' : type);
  const serverHostKey = [...offered.filter(isPinned), ...offered.filter((type) => !isPinned(type))];
  if (!legacy) return { serverHostKey };
  const more = <T>(list: T[]) => ({ append: list, prepend: [], remove: [] });
  return {
    serverHostKey,
    kex: more([
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group1-sha1',
    ]),
    cipher: more(['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc']),
  };
}

function keyProblem(
  { name, knownHostsFile }: SshTarget,
  known: readonly KnownHost[],
  { host, port }: SshLogin,
  blob: Buffer,
): HostError | undefined {
  const shown = hostKeyOf(blob);
  if (shown === undefined) return new HostError('host_key', `${host}:${port} showed a malformed host key`);
  const verdict = judge(known, host, port, shown);
  const key = `${shown.type} ${fingerprint(shown.key)}`;
  switch (verdict.kind) {
    case 'trusted':
      return undefined;
    case 'unknown':
      return new HostError(
        'host_key',
        `the host key of ${host}:${port} is not in ${knownHostsFile}: it showed ${key}. ` +
          `Compare it with the host's own and pin it: pgfleet host trust ${name}`,
      );
    case 'changed':
      return new HostError(
        'host_key',
        `the host key of ${host}:${port} changed: ${knownHostsFile} line ${verdict.entry.line} has ` +
          `${verdict.entry.keyType} ${fingerprint(verdict.entry.key)}, it showed ${key}. ` +
          `If the host was reinstalled: pgfleet host trust ${name} --replace`,
      );
    case 'revoked':
      return new HostError(
        'host_key',
        `the host key of ${host}:${port} is revoked in ${knownHostsFile} line ${verdict.entry.line}: ${key}`,
      );
    default:
      return verdict satisfies never;
  }
}

const SOCKET_REASONS: Readonly<Record<string, HostErrorReason>> = {
  ENOTFOUND: 'resolve',
  EAI_AGAIN: 'resolve',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'timeout',
};

function explain(
  error: Error & { level?: string; code?: unknown },
  where: string,
  target: SshTarget,
): HostError {
  const { message, level } = error;
  const options = { cause: error };
  if (level === 'client-authentication') {
    return new HostError('auth', `ssh ${where}: the host accepted none of the credentials`, options);
  }
  if (level === 'client-timeout') {
    const seconds = target.connectTimeoutMs / 1000;
    return new HostError('timeout', `ssh ${where}: no login within ${seconds} s`, options);
  }
  if (/no matching|algorithm/i.test(message)) {
    const hint = target.legacyAlgorithms ? '' : '; for an old host set ssh.legacy_algorithms: true';
    return new HostError('algorithms', `ssh ${where}: no common algorithm${hint}`, options);
  }
  if (/passphrase|parse privateKey|parsing|private key/i.test(message)) {
    return new HostError('auth', `ssh ${where}: the private key cannot be used`, options);
  }
  const reason = typeof error.code === 'string' ? SOCKET_REASONS[error.code] : undefined;
  return new HostError(reason ?? 'lost', `ssh ${where}: no connection`, options);
}

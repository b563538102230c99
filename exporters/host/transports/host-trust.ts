import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SshLogin, SshTarget } from '../config.ts';
import { HostError, unreadable } from '../host-error.ts';
import {
  entriesFor,
  fingerprint,
  type HostKey,
  hostKeyOf,
  judge,
  type KnownHost,
  knownHostName,
} from './known-hosts.ts';
import { connectSsh, forward, open, readKnownHosts, type SshConnection } from './ssh-connection.ts';

/** A key as shown by the host, for the operator to compare and then pin. */
export interface ShownKey {
  readonly address: { readonly host: string; readonly port: number };
  readonly key: HostKey;
  readonly fingerprint: string;
  /** What known_hosts says of it now. */
  readonly standing: 'trusted' | 'unknown' | 'changed' | 'revoked';
  /** Lines of known_hosts that `pinKey` with `replace` takes out. */
  readonly replaces: readonly KnownHost[];
}

/**
 * Asks a host for its key without logging in. With a jump host whose key is not pinned yet, it is
 * the jump host's key that is shown: pin that first, then ask again.
 */
export async function fetchHostKey(target: SshTarget): Promise<ShownKey> {
  const known = await readKnownHosts(target.knownHostsFile);
  if (target.jump === undefined) return showKey(target, target.login, known, undefined);
  const jump = await showKey(target, target.jump, known, undefined);
  if (jump.standing !== 'trusted') return jump;
  const first = await connectSsh({ ...target, login: target.jump, jump: undefined });
  try {
    return await showKey(target, target.login, known, first);
  } finally {
    first.destroy();
  }
}

async function showKey(
  target: SshTarget,
  login: SshLogin,
  known: readonly KnownHost[],
  through: SshConnection | undefined,
): Promise<ShownKey> {
  let shown: HostKey | undefined;
  const stopAtKey = (blob: Buffer) => {
    shown = hostKeyOf(blob);
    return new HostError('host_key', 'asked for the key only');
  };
  // No credentials: a host that is not trusted yet must not see any.
  const anonymous = { ...login, keyFile: undefined, password: undefined, agentSocket: undefined };
  const socket = through && (await forward(through.client, login));
  try {
    const connection = await open({
      target,
      login: anonymous,
      known,
      check: stopAtKey,
      ...(socket === undefined ? {} : { socket }),
    });
    connection.destroy();
  } catch (error) {
    if (shown === undefined) throw error;
  }
  if (shown === undefined) {
    throw new HostError('host_key', `${login.host}:${login.port} showed a malformed host key`);
  }
  const { host, port } = login;
  return {
    address: { host, port },
    key: shown,
    fingerprint: fingerprint(shown.key),
    standing: judge(known, host, port, shown).kind,
    replaces: entriesFor(known, host, port).filter(({ marker }) => marker === undefined),
  };
}

/**
 * Adds a shown key to known_hosts, creating the file. A changed key is only taken with `replace`,
 * which removes the old ones; a revoked key is never taken.
 */
export async function pinKey(
  knownHostsFile: string,
  shown: ShownKey,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const { address, key, standing, replaces } = shown;
  const where = `${address.host}:${address.port}`;
  if (standing === 'trusted') return;
  if (standing === 'revoked')
    throw new HostError('host_key', `the key of ${where} is revoked in ${knownHostsFile}`);
  if (standing === 'changed' && !replace) {
    const lines = replaces.map(({ line }) => line).join(', ');
    throw new HostError(
      'host_key',
      `${knownHostsFile} has another key for ${where} (line ${lines}): --replace takes it out`,
    );
  }
  const entry = `${knownHostName(address.host, address.port)} ${key.type} ${key.key}\n`;
  await mkdir(dirname(knownHostsFile), { recursive: true });
  if (standing === 'unknown') {
    await appendFile(knownHostsFile, await onNewLine(knownHostsFile, entry), { mode: 0o600 });
    return;
  }
  const gone = new Map(replaces.map((found) => [found.line, found]));
  const name = knownHostName(address.host, address.port);
  const lines = (await readFile(knownHostsFile, 'utf8')).split('\n');
  const kept = lines
    .flatMap((line, index) => {
      const found = gone.get(index + 1);
      return found === undefined ? [line] : withoutName(line, found, name, knownHostsFile);
    })
    .join('\n');
  const text = kept === '' || kept.endsWith('\n') ? kept : `${kept}\n`;
  // Written beside and renamed: a crash in between must not lose the other hosts' keys.
  await writeFile(`${knownHostsFile}.new`, text + entry, { mode: 0o600 });
  await rename(`${knownHostsFile}.new`, knownHostsFile);
}

/** The line without a name: gone when it has no other. A pattern may speak of other hosts and stays. */
function withoutName(line: string, { names, line: number }: KnownHost, name: string, file: string): string[] {
  if (names.startsWith('|1|') || names.toLowerCase() === name) return [];
  const others = names.split(',').filter((one) => one.toLowerCase() !== name);
  if (others.length < names.split(',').length) return [line.replace(names, () => others.join(','))];
  throw new HostError('host_key', `${file} line ${number} matches ${name} by a pattern: take it out by hand`);
}

/** A file edited by hand may lack its last line end. */
async function onNewLine(file: string, entry: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    return text === '' || text.endsWith('\n') ? entry : `\n${entry}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return entry;
    throw unreadable('file', 'known_hosts file', file, error);
  }
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * OpenSSH's known_hosts (https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT): which keys a
 * host may show. Pure; reading and writing the file is host-trust.ts's.
 */
export interface KnownHost {
  /** 1-based line of the file. */
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** Comma list of names and patterns, or one hashed name. */
  readonly names: string;
  readonly keyType: string;
  /** Base64, as in the file. */
  readonly key: string;
}

/** A host key as a server showed it. */
export interface HostKey {
  readonly type: string;
  /** Base64 of the key blob. */
  readonly key: string;
}

/** Lines that are no entry are passed over, as ssh does. */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const match =
      /^\s*(?:@(?<marker>revoked|cert-authority)\s+)?(?<names>[^\s#@]\S*)\s+(?<type>[a-z][\w@.-]*)\s+(?<key>[A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(
        raw,
      )?.groups;
    if (match === undefined) return [];
    const { names = '', type: keyType = '', key = '' } = match;
    const marker = match['marker'] as KnownHost['marker'];
    return [{ line: index + 1, marker, names, keyType, key }];
  });
}

/** The name under which ssh files an address: the port appears when it is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Entries that speak of an address, certificate authorities excepted: we check plain keys. */
export function entriesFor(known: readonly KnownHost[], host: string, port: number): KnownHost[] {
  const name = knownHostName(host, port);
  return known.filter((entry) => entry.marker !== 'cert-authority' && matches(entry.names, name));
}

export type Verdict =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  | { readonly kind: 'changed'; readonly entry: KnownHost };

/** Judges the key a server showed: only a key that is listed for the address is trusted. */
export function judge(known: readonly KnownHost[], host: string, port: number, shown: HostKey): Verdict {
  const entries = entriesFor(known, host, port);
  const same = entries.filter(({ keyType, key }) => keyType === shown.type && key === shown.key);
  const revoked = same.find(({ marker }) => marker === 'revoked');
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  if (same.length > 0) return { kind: 'trusted' };
  const other = entries.find(({ marker }) => marker === undefined);
  return other === undefined ? { kind: 'unknown' } : { kind: 'changed', entry: other };
}

/** "SHA256:..." as ssh-keygen -l prints it. */
export function fingerprint(key: string): string {
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** The key of a raw key blob; undefined when it does not begin with a type name. */
export function hostKeyOf(blob: Buffer): HostKey | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return undefined;
  return { type: blob.toString('latin1', 4, 4 + length), key: blob.toString('base64') };
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return hashMatches(names, name);
  let found = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!patternMatches(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function patternMatches(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

function hashMatches(names: string, name: string): boolean {
  const [, , salt = '', expected = ''] = names.split('|');
  const given = Buffer.from(expected, 'base64');
  const computed = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return given.length === computed.length && timingSafeEqual(given, computed);
}

import { describe, expect, it } from 'vitest';
import { fingerprint, hostKeyOf, judge, knownHostName, parseKnownHosts } from './known-hosts.ts';

const ED25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAIJnB5YtFTOJmAvbpwpNzREnLX6QpTiBTL1TdfkyoD5pZ';
const OTHER = 'AAAAC3NzaC1lZDI1NTE5AAAAIGhjdmFsdWVvZmFub3RoZXJrZXlvZjMyYnl0ZXMhIQ==';
const shown = { type: 'ssh-ed25519', key: ED25519 };
// Made with: ssh-keygen -H over "db1.example ssh-ed25519 ..." and "[10.0.0.5]:2222 ssh-ed25519 ...".
const HASHED = '|1|bKHzICzaP/foJ7eYA46a2vMKe/I=|wOBsRX9wy1zAc27puNyaB3nTFcs=';
const HASHED_PORT = '|1|kUpIrCI+ayahIDG29Rf2gcMJebc=|MILkn75w0E9G81l21G8sdfzqGFM=';

describe('known_hosts', () => {
  it.each([
    ['a plain name', `db1.example ssh-ed25519 ${ED25519} comment`, 'db1.example', 22, 'trusted'],
    ['another case', `DB1.Example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'trusted'],
    ['a list of names', `db1,10.0.0.5 ssh-ed25519 ${ED25519}`, '10.0.0.5', 22, 'trusted'],
    ['a port', `[10.0.0.5]:2222 ssh-ed25519 ${ED25519}`, '10.0.0.5', 2222, 'trusted'],
    ['another port', `10.0.0.5 ssh-ed25519 ${ED25519}`, '10.0.0.5', 2222, 'unknown'],
    ['an IPv6 address', `fd00::5 ssh-ed25519 ${ED25519}`, 'fd00::5', 22, 'trusted'],
    ['a pattern', `*.example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'trusted'],
    ['a negated pattern', `*.example,!db1.example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'unknown'],
    ['a question mark', `db?.example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'trusted'],
    ['a dot that is no wildcard', `db1xexample ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'unknown'],
    ['a hashed name', `${HASHED} ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'trusted'],
    ['a hashed name with a port', `${HASHED_PORT} ssh-ed25519 ${ED25519}`, '10.0.0.5', 2222, 'trusted'],
    ['the hash of another name', `${HASHED} ssh-ed25519 ${ED25519}`, 'db2.example', 22, 'unknown'],
    ['another host', `db2.example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'unknown'],
    ['another key', `db1.example ssh-ed25519 ${OTHER}`, 'db1.example', 22, 'changed'],
    ['another type', `db1.example ssh-rsa ${OTHER}`, 'db1.example', 22, 'changed'],
    ['a revoked key', `@revoked db1.example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'revoked'],
    ['an authority', `@cert-authority *.example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'unknown'],
    ['a comment', `# db1.example ssh-ed25519 ${ED25519}`, 'db1.example', 22, 'unknown'],
    ['a damaged line', 'db1.example ssh-ed25519', 'db1.example', 22, 'unknown'],
    ['an empty file', '', 'db1.example', 22, 'unknown'],
  ])('%s', (_what, line, host, port, verdict) => {
    expect(judge(parseKnownHosts(line), host, port, shown).kind).toBe(verdict);
  });

  it('trusts one of several keys and never a revoked one', () => {
    const known = parseKnownHosts(`db1 ssh-rsa ${OTHER}\ndb1 ssh-ed25519 ${ED25519}\n`);
    const revoked = parseKnownHosts(`db1 ssh-ed25519 ${ED25519}\n@revoked * ssh-ed25519 ${ED25519}\n`);

    expect(judge(known, 'db1', 22, shown).kind).toBe('trusted');
    expect(judge(revoked, 'db1', 22, shown).kind).toBe('revoked');
  });

  it('names the line of the old key', () => {
    const known = parseKnownHosts(`# header\n\ndb1 ssh-ed25519 ${OTHER}\n`);

    expect(judge(known, 'db1', 22, shown)).toMatchObject({ kind: 'changed', entry: { line: 3 } });
  });

  it('files an address as ssh does', () => {
    expect(knownHostName('DB1.example', 22)).toBe('db1.example');
    expect(knownHostName('10.0.0.5', 2222)).toBe('[10.0.0.5]:2222');
  });

  it('reads the type out of a key blob and refuses what is none', () => {
    expect(hostKeyOf(Buffer.from(ED25519, 'base64'))).toEqual(shown);
    expect(hostKeyOf(Buffer.from('AAAA', 'base64'))).toBeUndefined();
    expect(hostKeyOf(Buffer.from('/////w==', 'base64'))).toBeUndefined();
  });

  it('prints fingerprints as ssh-keygen does', () => {
    expect(fingerprint(ED25519)).toBe('SHA256:2doTIQWSxa4BmwwDSSHU9R/OTJJwpTNpJ4izj/Z/Fhw');
  });
});

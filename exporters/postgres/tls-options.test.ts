import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SslMode } from './config.ts';
import { tlsOptions } from './tls-options.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgfleet-tls-'));
  await writeFile(join(folder, 'ca.pem'), 'CA');
});
afterEach(() => rm(folder, { recursive: true }));

const noFiles = { sslrootcert: undefined, sslcert: undefined, sslkey: undefined };

it.each([
  ['prefer', false, undefined, undefined],
  ['require', false, undefined, undefined],
  ['require', true, true, 'skipped'],
  ['verify-ca', true, true, 'skipped'],
  ['verify-full', true, true, 'checked'],
] as [SslMode, boolean, boolean | undefined, string | undefined][])(
  '%s, root certificate %s',
  async (sslmode, withRoot, verifies, hostName) => {
    const sslrootcert = withRoot ? join(folder, 'ca.pem') : undefined;

    const options = await tlsOptions({ ...noFiles, sslmode, sslrootcert });

    expect(options?.rejectUnauthorized).toBe(verifies ?? false);
    expect(options?.ca).toBe(withRoot ? 'CA' : undefined);
    if (hostName === 'skipped') expect(options?.checkServerIdentity?.('db1', {} as never)).toBeUndefined();
    if (hostName === 'skipped') expect(options?.checkServerIdentity).toBeDefined();
    if (hostName === 'checked') expect(options?.checkServerIdentity).toBeUndefined();
  },
);

it('does nothing when disabled', async () => {
  expect(await tlsOptions({ ...noFiles, sslmode: 'disable', sslrootcert: '/nowhere' })).toBeUndefined();
});

it('names the file that cannot be read', async () => {
  await expect(tlsOptions({ ...noFiles, sslmode: 'require', sslkey: '/nowhere/key.pem' })).rejects.toThrow(
    'sslkey: expected a readable file /nowhere/key.pem',
  );
});

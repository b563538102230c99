import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { findProgram } from '../../../cli/up/find-program.ts';
import type { PostgresOptions } from '../../../exporters/postgres/config.ts';
import { notice } from '../../support/notice.ts';
import { startTestPostgres } from '../../support/postgres.ts';
import { type Scrape, watch } from './scrape.ts';

const openssl = findProgram('openssl');
if (openssl === undefined) notice('PostgreSQL over TLS', 'openssl is not installed');

describe.skipIf(openssl === undefined)('a server that takes TLS only', () => {
  let folder: string;
  let server: PostgresServer;

  function ssl(...args: string[]): void {
    execFileSync(openssl ?? '', args, { cwd: folder, stdio: 'ignore' });
  }

  /** A certificate of our own authority, for a name. */
  function certify(name: string, ...more: string[]): void {
    ssl(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    ssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-out',
      `${name}.crt`,
      ...more,
    );
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgfleet-tls-'));
    for (const authority of ['ca', 'other'])
      ssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        `/CN=${authority}`,
        '-days',
        '2',
        '-keyout',
        `${authority}.key`,
        '-out',
        `${authority}.crt`,
      );
    certify('db.example');
    certify('monitor');
    const text = (name: string) => readFileSync(join(folder, name), 'utf8');
    server = await startTestPostgres({
      major: Math.max(...installedMajors()),
      settings: { ssl: true, ssl_ca_file: 'ca.crt' },
      files: {
        'server.crt': text('db.example.crt'),
        'server.key': text('db.example.key'),
        'ca.crt': text('ca.crt'),
      },
      hba: 'hostssl all monitor 127.0.0.1/32 cert\nhostssl all all 127.0.0.1/32 trust\nlocal all all trust\n',
    });
    const admin = await watchOnce({ sslmode: 'require' });
    expect(admin.value('pg_up')).toBe(1);
  });
  afterAll(async () => {
    await server?.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  });

  async function watchOnce(options: Partial<PostgresOptions>): Promise<Scrape> {
    const watching = await watch(server, options);
    const scrape = await watching.probe();
    await watching.close();
    return scrape;
  }
  const file = (name: string) => join(folder, name);

  it.each([
    ['disable', undefined, 'authentication'],
    ['prefer', undefined, undefined],
    ['require', undefined, undefined],
    ['require', 'ca.crt', undefined],
    ['require', 'other.crt', 'tls'],
    ['verify-ca', 'ca.crt', undefined],
    ['verify-ca', 'other.crt', 'tls'],
    ['verify-ca', undefined, 'tls'],
    // The certificate is for db.example, and we connect to 127.0.0.1.
    ['verify-full', 'ca.crt', 'tls'],
  ] as const)('sslmode %s with root %s: %s', async (sslmode, root, reason) => {
    const scrape = await watchOnce({ sslmode, ...(root === undefined ? {} : { sslrootcert: file(root) }) });

    expect(scrape.reason).toBe(reason);
    expect(scrape.value('pg_up')).toBe(reason === undefined ? 1 : 0);
    if (reason === undefined) {
      expect(scrape.all('pgfleet_postgres_network_sessions').map(({ labels }) => labels['tls'])).toEqual([
        'TLSv1.3',
      ]);
    }
  });

  it('lets us in by certificate', async () => {
    const admin = await watch(server, { sslmode: 'require' });
    await admin.close();
    const certificate = { sslcert: file('monitor.crt'), sslkey: file('monitor.key') };

    const without = await watchOnce({ user: 'monitor', sslmode: 'require' });
    const wrongUser = await watchOnce({ user: 'monitor', sslmode: 'require', ...certificate });

    expect(without.reason).toBe('authentication');
    // The certificate is taken; the role was never made.
    expect(wrongUser.reason).toBe('authentication');
  });
});

import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { PostgresTarget } from './config.ts';
import { PostgresFailure } from './failure.ts';

type TlsSettings = Pick<PostgresTarget, 'sslmode' | 'sslrootcert' | 'sslcert' | 'sslkey'>;

/**
 * TLS settings with libpq's meanings: `require` encrypts without verifying, unless a root certificate is
 * given; `verify-ca` does not look at the host name. Files are read anew for every connection, so a
 * renewed certificate needs no restart. Undefined for `disable`.
 */
export async function tlsOptions(settings: TlsSettings): Promise<ConnectionOptions | undefined> {
  if (settings.sslmode === 'disable') return undefined;
  const [ca, cert, key] = await Promise.all([
    readPem(settings.sslrootcert, 'sslrootcert'),
    readPem(settings.sslcert, 'sslcert'),
    readPem(settings.sslkey, 'sslkey'),
  ]);
  const verifies =
    settings.sslmode.startsWith('verify-') || (settings.sslmode === 'require' && ca !== undefined);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: verifies,
    ...(verifies && settings.sslmode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}),
  };
}

async function readPem(path: string | undefined, option: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new PostgresFailure('tls', `${option}: expected a readable file ${path}`, { cause: error });
  }
}

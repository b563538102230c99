import { readFileSync } from 'node:fs';
import type { ServerOptions as TlsOptions } from 'node:https';
import { z } from 'zod';
import { ConfigError, type Environment, parseConfig, pathSchema, secretSchema } from './config.ts';

/**
 * Prometheus's web-config file (https://prometheus.io/docs/prometheus/latest/configuration/https/) with
 * one addition of ours: `bearer_tokens`, a map from a name to { file } or { env }.
 */
const webConfigSchema = z.strictObject({
  tls_server_config: z
    .strictObject({
      cert_file: pathSchema.describe('PEM certificate chain of this server.'),
      key_file: pathSchema.describe('PEM private key.'),
      client_ca_file: pathSchema.optional().describe('CA that client certificates must chain to.'),
      client_auth_type: z
        .enum(['NoClientCert', 'RequestClientCert', 'RequireAndVerifyClientCert', 'VerifyClientCertIfGiven'])
        .default('NoClientCert'),
      min_version: z.enum(['TLS12', 'TLS13']).default('TLS12'),
    })
    .optional(),
  basic_auth_users: z
    .record(
      z.string(),
      z.string().regex(/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/, {
        message: 'expected a bcrypt hash (htpasswd -nB USER)',
      }),
    )
    .default({}),
  bearer_tokens: z.record(z.string(), secretSchema).default({}),
});

/** A validated web-config file with its PEM files read. */
export interface WebConfig {
  readonly tls: TlsOptions | undefined;
  /** bcrypt hash by user name. */
  readonly users: ReadonlyMap<string, string>;
  readonly tokens: readonly { reveal(): string }[];
}

export const OPEN_WEB_CONFIG: WebConfig = { tls: undefined, users: new Map(), tokens: [] };

/** Reads a web-config file. Throws ConfigError when it, or a PEM file it names, cannot be used. */
export function loadWebConfig(file: string, env: Environment): WebConfig {
  const parsed = parseConfig(webConfigSchema, { file, text: readNamed(file, file), env });
  const tls = parsed.tls_server_config;
  return {
    users: new Map(Object.entries(parsed.basic_auth_users)),
    tokens: Object.values(parsed.bearer_tokens),
    tls:
      tls === undefined
        ? undefined
        : {
            cert: readNamed(tls.cert_file, file),
            key: readNamed(tls.key_file, file),
            minVersion: tls.min_version === 'TLS13' ? 'TLSv1.3' : 'TLSv1.2',
            requestCert: tls.client_auth_type !== 'NoClientCert',
            rejectUnauthorized: tls.client_auth_type === 'RequireAndVerifyClientCert',
            ...(tls.client_ca_file === undefined ? {} : { ca: readNamed(tls.client_ca_file, file) }),
          },
  };
}

function readNamed(path: string, configFile: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message = `expected a readable file ${path}, found ${reason}`;
    throw new ConfigError([{ file: configFile, line: 1, column: 1, path: '', message }], { cause: error });
  }
}

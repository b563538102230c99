import { z } from 'zod';
import { type Address, durationSchema, pathSchema, secretSchema } from '../../lib/config.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Limits } from './postgres-collector.ts';

/** The meanings are libpq's: https://www.postgresql.org/docs/current/libpq-ssl.html */
export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** What listens at an address. */
const TARGET_KINDS = ['postgres', 'pgbouncer'] as const;
type TargetKind = (typeof TARGET_KINDS)[number];

const identifier = z.string().min(1).max(63);

function limit(byDefault: number) {
  return z.number().int().min(0).max(10_000).default(byDefault);
}

/** Options of the section `postgres:` and of `postgres:` under a server, which override them one by one. */
export const postgresOptionsSchema = z.strictObject({
  kind: z
    .enum(TARGET_KINDS)
    .optional()
    .describe('pgbouncer: watch the pooler itself through its admin console. Default: postgres.'),
  user: identifier.optional().describe('Role to log in as. Default: pgfleet.'),
  password: secretSchema.optional().describe('Its password; not needed with trust, peer or a certificate.'),
  database: identifier
    .optional()
    .describe(
      'Database of the long-lived connection, where instance-wide views are read. Default: postgres, or pgbouncer.',
    ),
  sslmode: z.enum(SSL_MODES).optional().describe('As in libpq. Default: prefer.'),
  sslrootcert: pathSchema
    .optional()
    .describe('Certificates to trust, PEM. Default: those that Node.js brings along.'),
  sslcert: pathSchema.optional().describe('Client certificate, PEM.'),
  sslkey: pathSchema.optional().describe('Key of the client certificate, PEM.'),
  connect_timeout: durationSchema
    .optional()
    .describe('Longest time for connecting and logging in, within the scrape timeout. Default: 5s.'),
  connection_max_age: durationSchema
    .optional()
    .describe('Age at which the long-lived connection is replaced, as backends grow. Default: 1h.'),
  collectors: z
    .strictObject({
      enable: z.array(z.string()).default([]).describe('Collectors that are off by default.'),
      disable: z.array(z.string()).default([]).describe('Collectors not to run.'),
    })
    .optional()
    .describe('Which collectors run; `pgfleet explain TARGET` lists them.'),
  databases: z
    .strictObject({
      include: z
        .array(z.string())
        .default([])
        .describe('Databases to visit, with * as wildcard. Default: all that accept connections.'),
      exclude: z.array(z.string()).default([]).describe('Databases not to visit, with * as wildcard.'),
    })
    .optional()
    .describe('Databases that the database-scoped collectors visit.'),
  limits: z
    .strictObject({
      tables: limit(200).describe('Tables per database. Default: 200.'),
      indexes: limit(200).describe('Indexes per database. Default: 200.'),
      statements: limit(100).describe('Statements of pg_stat_statements per server. Default: 100.'),
    })
    .optional()
    .describe('How many objects have series of their own; the rest is summed up as "other".'),
  user_collectors: z
    .array(pathSchema)
    .optional()
    .describe('Files with collectors of your own, also in the form of postgres_exporter; see docs/how-to.'),
  patroni: z
    .strictObject({
      host: z.string().min(1).optional().describe('Where it listens. Default: the host of the server.'),
      port: z.number().int().min(1).max(65_535).default(8008).describe('Default: 8008.'),
      tls: z.boolean().default(false).describe('Ask by https. Default: false.'),
      sslrootcert: pathSchema.optional().describe('Certificates to trust, PEM.'),
      sslcert: pathSchema.optional().describe('Client certificate, PEM, where it is demanded.'),
      sslkey: pathSchema.optional().describe('Its key, PEM.'),
    })
    .optional()
    .describe("Also read Patroni's REST API; `{}` is enough where it listens on its usual port."),
  legacy_names: z
    .boolean()
    .optional()
    .describe('Also the names and labels that postgres_exporter had before 0.20. Default: false.'),
});

/** Options as written; what is absent comes from the defaults. */
export type PostgresOptions = z.output<typeof postgresOptionsSchema>;

/** Where Patroni's REST API answers. */
export interface PatroniAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly sslrootcert?: string | undefined;
  readonly sslcert?: string | undefined;
  readonly sslkey?: string | undefined;
}

/** Everything needed to watch one server. */
export interface PostgresTarget {
  /** Registry name. */
  readonly name: string;
  readonly address: Address;
  readonly kind: TargetKind;
  readonly user: string;
  readonly password: Secret | undefined;
  readonly database: string;
  readonly sslmode: SslMode;
  readonly sslrootcert: string | undefined;
  readonly sslcert: string | undefined;
  readonly sslkey: string | undefined;
  readonly connectTimeoutSeconds: number;
  readonly connectionMaxAgeSeconds: number;
  readonly collectors: { readonly enable: readonly string[]; readonly disable: readonly string[] };
  readonly databases: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  readonly limits: Limits;
  /** Files with collectors that people of the site wrote. */
  readonly userCollectors: readonly string[];
  readonly legacyNames: boolean;
  /** Undefined where Patroni is not asked. */
  readonly patroni: PatroniAddress | undefined;
}

/** The part of the whole configuration that the exporter reads. */
export interface PostgresConfig {
  readonly postgres?: PostgresOptions | undefined;
  readonly servers: readonly {
    readonly name: string;
    readonly address: Address;
    readonly postgres?: PostgresOptions | undefined;
  }[];
}

/** A target of a server entry: its own options before the common ones before the built-in ones. */
export function postgresTarget(
  server: PostgresConfig['servers'][number],
  common: PostgresOptions = {},
): PostgresTarget {
  const own = server.postgres ?? {};
  const patroni = own.patroni ?? common.patroni;
  const kind = own.kind ?? common.kind ?? 'postgres';
  // The console is a database of that name; the common one belongs to the servers.
  const database = kind === 'pgbouncer' ? 'pgbouncer' : (common.database ?? 'postgres');
  return {
    name: server.name,
    address: server.address,
    kind,
    user: own.user ?? common.user ?? 'pgfleet',
    password: own.password ?? common.password,
    database: own.database ?? database,
    sslmode: own.sslmode ?? common.sslmode ?? 'prefer',
    sslrootcert: own.sslrootcert ?? common.sslrootcert,
    sslcert: own.sslcert ?? common.sslcert,
    sslkey: own.sslkey ?? common.sslkey,
    connectTimeoutSeconds: own.connect_timeout ?? common.connect_timeout ?? 5,
    connectionMaxAgeSeconds: own.connection_max_age ?? common.connection_max_age ?? 3600,
    collectors: own.collectors ?? common.collectors ?? { enable: [], disable: [] },
    databases: own.databases ?? common.databases ?? { include: [], exclude: [] },
    userCollectors: own.user_collectors ?? common.user_collectors ?? [],
    patroni: patroni && { ...patroni, host: patroni.host ?? server.address.host },
    legacyNames: own.legacy_names ?? common.legacy_names ?? false,
    limits: own.limits ?? common.limits ?? { tables: 200, indexes: 200, statements: 100 },
  };
}

import { z } from 'zod';
import { ParseError, PgfleetError } from '../../lib/errors.ts';
import { CLOUD_SERVICE_SQL, CLOUD_SERVICES, type CloudService } from './cloud-service.ts';
import type { Needs } from './postgres-collector.ts';
import type { Row } from './rows.ts';

/** What the plan of a server rests on; asked anew in every scrape, so a change is seen at once. */
export interface ServerFacts {
  /** host:port, as in the registry. */
  readonly server: string;
  /** `postgresql`, or the name of the fork or proxy that answered. */
  readonly kind: string;
  /** As server_version_num: 90624, 150018. */
  readonly version: number;
  /** The whole text of `version()`. */
  readonly versionText: string;
  readonly role: 'primary' | 'standby';
  /** The cloud service it is part of; undefined for a server of one's own. */
  readonly service: CloudService | undefined;
  readonly user: string;
  readonly database: string;
  readonly superuser: boolean;
  /** Seconds since the epoch; another time means a restart, or another server behind the same address. */
  readonly startedAt: number;
  /** Extensions of the connected database. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** Privileges that some collector needs and this user has, as `privilegesOf` names them. */
  readonly privileges: ReadonlySet<string>;
}

export interface Extension {
  readonly version: string;
  /** Quoted where SQL needs it. */
  readonly schema: string;
}

/** Oldest server whose catalogs the collectors know. */
export const MIN_VERSION = 90_600;

/** The privileges a collector needs, by the names used in `ServerFacts.privileges`. */
export function privilegesOf(needs: Needs): readonly string[] {
  const names: string[] = [];
  if (needs.memberOf !== undefined) names.push(`member ${needs.memberOf}`);
  if (needs.execute !== undefined) names.push(`execute ${needs.execute}`);
  if (needs.select !== undefined) names.push(`select ${needs.select}`);
  return names;
}

/** Every privilege that some of the collectors needs. A member of pg_monitor sees what others do, so it is always wanted. */
export function privilegesWanted(collectors: readonly { readonly needs?: Needs }[]): readonly string[] {
  return [...new Set(['member pg_monitor', ...collectors.flatMap(({ needs }) => privilegesOf(needs ?? {}))])];
}

/** SQL for the facts; asks only about the privileges that collectors need. Runs on 9.6 and later. */
export function factsSql(privileges: Iterable<string>): string {
  const wanted = [...new Set(privileges)].sort();
  return `select pg_is_in_recovery() as in_recovery,
  current_setting('server_version_num')::int4 as version_num,
  version() as version_text,
  extract(epoch from pg_postmaster_start_time())::float8 as started_at,
  (${CLOUD_SERVICE_SQL})::text as service,
  current_user::text as user_name,
  current_database()::text as database_name,
  coalesce((select rolsuper from pg_roles where rolname = current_user), false) as superuser,
  (select json_agg(json_build_array(extname, extversion, quote_ident(nspname)))
     from pg_extension join pg_namespace on pg_namespace.oid = extnamespace)::text as extensions,
  (select json_agg(wanted.name)
     from unnest(array[${wanted.map(literal).join(', ')}]::text[]) as wanted(name)
    where case split_part(wanted.name, ' ', 1)
            when 'member' then exists (
              select from pg_roles
               where rolname = substr(wanted.name, 8) and pg_has_role(current_user, oid, 'usage'))
            when 'execute' then
              has_function_privilege(to_regprocedure('pg_catalog.' || substr(wanted.name, 9)), 'execute')
            when 'select' then
              has_table_privilege(to_regclass('pg_catalog.' || substr(wanted.name, 8)), 'select')
          end)::text as privileges`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const rowSchema = z.object({
  in_recovery: z.boolean(),
  version_num: z.number(),
  version_text: z.string(),
  started_at: z.number(),
  service: z.enum(CLOUD_SERVICES).nullable(),
  user_name: z.string(),
  database_name: z.string(),
  superuser: z.boolean(),
  extensions: z.string().nullable(),
  privileges: z.string().nullable(),
});
const extensionsSchema = z.array(z.tuple([z.string(), z.string(), z.string()]));
const namesSchema = z.array(z.string());

/** Throws ParseError when the answer is not what `factsSql` promises. */
export function parseFacts(rows: readonly Row[], server: string): ServerFacts {
  try {
    const row = rowSchema.parse(rows[0]);
    const extensions = extensionsSchema.parse(JSON.parse(row.extensions ?? '[]'));
    return {
      server,
      kind: serverKind(row.version_text),
      version: row.version_num,
      versionText: row.version_text,
      role: row.in_recovery ? 'standby' : 'primary',
      service: row.service ?? undefined,
      user: row.user_name,
      database: row.database_name,
      superuser: row.superuser,
      startedAt: row.started_at,
      extensions: new Map(extensions.map(([name, version, schema]) => [name, { version, schema }])),
      privileges: new Set(namesSchema.parse(JSON.parse(row.privileges ?? '[]'))),
    };
  } catch (error) {
    throw new ParseError('facts of the server', 'one complete row', JSON.stringify(rows[0] ?? null), {
      cause: error,
    });
  }
}

/** What is known of a server by the version it names alone. */
export function foreignFacts(versionText: string, version: number, server: string): ServerFacts {
  return {
    server,
    kind: serverKind(versionText),
    version,
    versionText,
    role: 'primary',
    service: undefined,
    user: '',
    database: '',
    superuser: false,
    startedAt: 0,
    extensions: new Map(),
    privileges: new Set(),
  };
}

/** Whether the collectors know the catalogs of this server. */
export function isSupported({ kind, version }: Pick<ServerFacts, 'kind' | 'version'>): boolean {
  return kind === 'postgresql' && version >= MIN_VERSION;
}

/** Equal texts mean the same plan. */
export function factsKey(facts: ServerFacts): string {
  const { kind, version, role, service, user, database, superuser, extensions, privileges } = facts;
  return JSON.stringify([
    kind,
    version,
    role,
    service,
    user,
    database,
    superuser,
    [...extensions],
    [...privileges],
  ]);
}

/** "15.18.0" of a server_version_num: three numbers, as the peers print it. */
export function shortVersion(version: number): string {
  const major = Math.floor(version / 10_000);
  return version >= 100_000
    ? `${major}.${version % 10_000}.0`
    : `${major}.${Math.floor(version / 100) % 100}.${version % 100}`;
}

/** The version as PostgreSQL itself writes it: "15.18", "9.6.24". */
export function displayVersion(version: number): string {
  const short = shortVersion(version);
  return version >= 100_000 ? short.replace(/\.0$/, '') : short;
}

/**
 * Products that speak PostgreSQL's protocol and are not PostgreSQL: their catalogs differ, so a scrape
 * would give half of the truth. Compatible distributions (EDB, RDS, Aurora, Azure, Cloud SQL) are not here.
 */
const FORKS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/openGauss/i, 'opengauss'],
  [/GaussDB|gaussdb/, 'gaussdb'],
  [/Vastbase/i, 'vastbase'],
  [/Kingbase/i, 'kingbase'],
  [/Greenplum/i, 'greenplum'],
  [/Cloudberry/i, 'cloudberry'],
  [/PolarDB/i, 'polardb'],
  [/CockroachDB/i, 'cockroachdb'],
  [/-YB-|YugabyteDB/i, 'yugabytedb'],
  [/Redshift/i, 'redshift'],
  [/Materialize/i, 'materialize'],
  [/QuestDB/i, 'questdb'],
  [/CrateDB/i, 'cratedb'],
  [/RisingWave/i, 'risingwave'],
  [/HighGo|HGDB/i, 'highgo'],
  [/bouncer/i, 'pgbouncer'],
];

/** Kind of server from `version()` or the reported server_version. */
export function serverKind(versionText: string): string {
  return FORKS.find(([pattern]) => pattern.test(versionText))?.[1] ?? 'postgresql';
}

/** The schema of an extension, for SQL; call it only in collectors whose needs name the extension. */
export function schemaOf(facts: ServerFacts, extension: string): string {
  const found = facts.extensions.get(extension);
  if (found === undefined) throw new PgfleetError('internal', `extension ${extension} is not there`);
  return found.schema;
}

import { PgfleetError } from '../../lib/errors.ts';
import { endpointsOf } from './formats/conninfo.ts';
import { inParallel } from './in-parallel.ts';
import { type DiscoveryContext, type KnownServer, Refusal, type Sighting } from './technique.ts';

/** A row of an answer, values as the driver gives them. */
export type Row = Readonly<Record<string, unknown>>;

/** A question to every registered server whose answer names other servers. */
export interface EdgeQuestion {
  readonly sql: string;
  /** Ask in every database instead of the configured one. */
  readonly everyDatabase?: boolean;
  /** The servers a row refers to; pure. */
  sightings(row: Row, from: KnownServer): readonly Sighting[];
  /** What it means that the server answered and refused. Default: nothing. */
  refused?(from: KnownServer): readonly Sighting[];
}

const DATABASES = 'select datname from pg_database where datallowconn and not datistemplate order by datname';

/** Servers asked at once by one technique: enough that a few that do not answer hold nobody up. */
const AT_ONCE = 10;

/** Asks every known server; one that does not answer or refuses is a gap and costs only itself. */
export function askServers(question: EdgeQuestion, context: DiscoveryContext): AsyncIterable<Sighting> {
  return inParallel(context.servers, AT_ONCE, (server) => askServer(question, server, context));
}

async function askServer(
  question: EdgeQuestion,
  server: KnownServer,
  context: DiscoveryContext,
): Promise<Sighting[]> {
  const found: Sighting[] = [];
  const onRefusal = () => void found.push(...(question.refused?.(server) ?? []));
  const ask = (sql: string, database?: string) => rowsOf(server, { sql, database, onRefusal }, context);
  const databases = question.everyDatabase ? await ask(DATABASES) : [{}];
  for (const { datname } of databases) {
    if (context.signal.aborted) break;
    const database = typeof datname === 'string' ? datname : undefined;
    for (const row of await ask(question.sql, database)) {
      found.push(...question.sightings(row, server));
    }
  }
  return found;
}

async function rowsOf(
  server: KnownServer,
  { sql, database, onRefusal }: { sql: string; database: string | undefined; onRefusal: () => void },
  context: DiscoveryContext,
): Promise<readonly Row[]> {
  try {
    return await server.query(sql, database);
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    if (error instanceof Refusal) onRefusal();
    context.gap({ where: server.name, error });
    return [];
  }
}

/** The servers a connection string leads to; local sockets lead to the server's own machine and are left out. */
export function referencedServers(
  conninfo: unknown,
  from: Pick<KnownServer, 'name' | 'place'>,
  details: Readonly<Record<string, string>>,
): Sighting[] {
  if (typeof conninfo !== 'string') return [];
  return endpointsOf(conninfo)
    .filter(({ host }) => !host.startsWith('/') && !host.startsWith('@'))
    .map(({ host, port }) => ({
      kind: 'postgresql' as const,
      state: 'referenced' as const,
      places: [{ host: fromElsewhere(host, from), port }],
      details: { referenced_by: from.name, ...details },
    }));
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

/** Loopback in the configuration of a server means the machine of that server. */
export function fromElsewhere(host: string, from: Pick<KnownServer, 'place'>): string {
  return LOOPBACK.test(host) ? from.place.host : host;
}

/** The options that lead somewhere, as a connection string. */
export function conninfoOf(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .flatMap(([name, value]) =>
      typeof value === 'string' ? [`${name}='${value.replace(/[\\']/g, '\\$&')}'`] : [],
    )
    .join(' ');
}

/** A text column; undefined for NULL and for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Source: SHOW DATABASES of registered PgBouncers, https://www.pgbouncer.org/usage.html#show-databases
 * Shape:  name, host, port of every database it leads to; no host: a socket on its own machine; several with commas
 * Needs:  admin_users or stats_users
 * Absent when: no PgBouncer is registered
 */
import { PgfleetError } from '../../../lib/errors.ts';
import { conninfoOf, fromElsewhere, referencedServers } from '../edges.ts';
import { inParallel } from '../in-parallel.ts';
import {
  type DiscoveryContext,
  type KnownPooler,
  Refusal,
  type Sighting,
  type Technique,
} from '../technique.ts';

const AT_ONCE = 10;

export const technique = {
  name: 'pgbouncer-databases',
  help: 'Registered PgBouncers that answer, and the servers behind them.',
  discover: (context) => inParallel(context.poolers, AT_ONCE, (pooler) => ask(pooler, context)),
} satisfies Technique;

async function ask(pooler: KnownPooler, { gap }: DiscoveryContext): Promise<Sighting[]> {
  try {
    const rows = await pooler.show('SHOW DATABASES');
    const { name, place } = pooler;
    const itself = {
      kind: 'pgbouncer',
      state: 'running',
      places: [place],
      server: name,
      details: {},
    } as const;
    return [itself, ...rows.flatMap((row) => behind(row, pooler))];
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    gap({ where: pooler.name, error });
    if (!(error instanceof Refusal)) return [];
    const { name, place } = pooler;
    return [{ kind: 'pgwire', state: 'running', places: [place], server: name, details: {} }];
  }
}

function behind(row: Readonly<Record<string, unknown>>, from: KnownPooler): Sighting[] {
  const { name, host, port } = row;
  if (name === 'pgbouncer' || (typeof host === 'string' && host.startsWith('/'))) return [];
  const edge = { edge: `is database ${String(name)} of PgBouncer` };
  const own = typeof host === 'string' && host !== '' ? host : fromElsewhere('localhost', from);
  return referencedServers(conninfoOf({ host: own, port: String(port) }), from, edge);
}

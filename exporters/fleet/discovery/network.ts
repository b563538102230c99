/**
 * Source: addresses and ports of the networks that the configuration lists with a permission
 * Shape:  the answer to an SSLRequest and, at level 2, to an unknown protocol version; no user is ever named
 * Needs:  `discovery.networks`; a way to the addresses
 * Absent when: no network is listed
 */
import { setMaxListeners } from 'node:events';
import type {
  DiscoveryContext,
  NetworkScan,
  ProbeAnswer,
  ScanTarget,
  Sighting,
  Technique,
} from '../technique.ts';

export const technique = {
  name: 'network',
  help: 'Addresses of the listed networks that answer like PostgreSQL.',
  async *discover(context) {
    if (context.scan !== undefined) yield* scanAll(context.scan, context);
  },
} satisfies Technique;

/** Probes many addresses at once, one port of a host at a time, and emits what answers as it comes. */
async function* scanAll(scan: NetworkScan, { signal }: DiscoveryContext): AsyncIterable<Sighting> {
  // Every connection in flight listens to the signal.
  setMaxListeners(scan.concurrency + 10, signal);
  const busy = new Map<string, Promise<Finished>>();
  const start = (target: ScanTarget) =>
    scan.probe(target, signal).then((answer): Finished => ({ target, answer }));
  const finish = async (): Promise<Finished> => {
    const finished = await Promise.race(busy.values());
    busy.delete(finished.target.host);
    return finished;
  };
  for (const target of scan.targets()) {
    if (signal.aborted) break;
    while (busy.size >= scan.concurrency || busy.has(target.host)) yield* sightingOf(await finish());
    busy.set(target.host, start(target));
  }
  while (busy.size > 0) yield* sightingOf(await finish());
}

interface Finished {
  readonly target: ScanTarget;
  readonly answer: ProbeAnswer | undefined;
}

function sightingOf({ target: { host, port }, answer }: Finished): Sighting[] {
  if (answer === undefined) return [];
  const { kind, majors, tls } = answer;
  return [{ kind, state: 'running', places: [{ host, port }], majors, details: tlsDetails(tls) }];
}

function tlsDetails(tls: ProbeAnswer['tls']): Record<string, string> {
  if (tls === undefined) return { tls: 'no' };
  const { protocol, subject, names, validTo } = tls;
  return {
    tls: protocol,
    ...(subject === '' ? {} : { certificate: subject }),
    ...(names.length === 0 ? {} : { certificate_names: names.join(', ') }),
    ...(validTo === undefined ? {} : { certificate_valid_to: new Date(validTo).toISOString().slice(0, 10) }),
  };
}

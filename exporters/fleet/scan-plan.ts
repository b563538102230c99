import { z } from 'zod';
import { durationSchema } from '../../lib/config.ts';
import { PgfleetError } from '../../lib/errors.ts';
import { dateSchema } from './config.ts';
import {
  addressesOf,
  type IpRange,
  isPrivateRange,
  parseIpRange,
  rangeContains,
} from './formats/ip-range.ts';
import type { ScanTarget } from './technique.ts';

/**
 * The policy of network probes: off unless networks are listed, each with who permitted it and when; public
 * ranges only with `i_own_this`; nothing outside the ranges is ever contacted, by construction: targets come
 * from here alone and are addresses, never names.
 */
const DEFAULT_PORTS = [5432, 5433, 6432];
/** A /16: more addresses than a rate of 20 per second gets through in a night. */
const MAX_ADDRESSES = 65_536n;
const MAX_RATE = 100;

const rangeSchema = z.string().superRefine((text, refinement) => {
  const problem = rangeProblem(parseIpRange(text));
  if (problem === undefined) return;
  refinement.addIssue({ code: 'custom', message: `${problem}, found ${JSON.stringify(text)}` });
});

function rangeProblem(range: IpRange | undefined): string | undefined {
  if (range === undefined) return 'expected a network such as "10.1.2.0/24" without host bits';
  if (range.count > MAX_ADDRESSES) return 'expected a network of at most 65,536 addresses; list smaller ones';
  return undefined;
}

const networkSchema = z
  .strictObject({
    range: rangeSchema.describe('Network to probe, as a CIDR block.'),
    permitted_by: z.string().min(1).describe('Who gave the written permission.'),
    permitted_on: dateSchema.describe('Day of the permission.'),
    ports: z.array(z.int().min(1).max(65_535)).min(1).default(DEFAULT_PORTS).describe('Ports to try.'),
    exclude: z.array(rangeSchema).default([]).describe('Networks inside it to leave alone.'),
    level: z
      .union([z.literal(1), z.literal(2)])
      .default(1)
      .describe('1: ask for TLS, which is not logged; 2: also ask for the version, one log line per server.'),
    i_own_this: z.boolean().default(false).describe('Allow a network that is not private.'),
  })
  .superRefine(({ range, i_own_this: owned }, refinement) => {
    const parsed = parseIpRange(range);
    if (parsed === undefined || owned || isPrivateRange(parsed)) return;
    const message = `expected a private network, found ${JSON.stringify(range)}; set i_own_this: true if it is yours`;
    refinement.addIssue({ code: 'custom', path: ['range'], message });
  });

const intervalSchema = durationSchema.refine((seconds) => seconds >= 60, 'expected at least 1m');

/** The section `discovery:` of pgfleet.yml. */
export const discoverySchema = z.strictObject({
  interval: intervalSchema.prefault('1h').describe('How often the machines and servers are looked at.'),
  data_directories: z
    .array(z.string().regex(/^\/[^\0]*$/, 'expected an absolute path'))
    .default([])
    .describe('Further places of data directories; * stands for one name or a part of it.'),
  networks: z.array(networkSchema).default([]).describe('Networks that may be probed. Default: none.'),
  network_interval: intervalSchema.prefault('1d').describe('How often the networks are probed.'),
  rate: z.number().min(0.1).max(MAX_RATE).default(20).describe('Connections per second, over all networks.'),
  timeout: durationSchema.prefault('2s').describe('Longest wait for one answer.'),
});

export type DiscoveryConfig = z.output<typeof discoverySchema>;
export type ScanNetwork = DiscoveryConfig['networks'][number];

/** Every address and port of the networks, ports in the outer loop so that no host is asked twice in a row. */
export function* scanTargets(networks: readonly ScanNetwork[]): Iterable<ScanTarget> {
  const seen = new Set<string>();
  for (const { range, exclude, ports, level } of networks) {
    const excluded = exclude.map(rangeOf);
    for (const port of ports) {
      for (const host of addressesOf(rangeOf(range))) {
        const key = `${host} ${port}`;
        if (seen.has(key) || excluded.some((other) => rangeContains(other, host))) continue;
        seen.add(key);
        yield { host, port, level };
      }
    }
  }
}

/** Whether an address and port belong to a listed network. */
export function isListed(networks: readonly ScanNetwork[], { host, port }: ScanTarget): boolean {
  return networks.some(
    ({ range, exclude, ports }) =>
      rangeContains(rangeOf(range), host) &&
      ports.includes(port) &&
      !exclude.some((other) => rangeContains(rangeOf(other), host)),
  );
}

function rangeOf(text: string): IpRange {
  const range = parseIpRange(text);
  if (range === undefined) throw new PgfleetError('internal', `${text}: expected a validated network`);
  return range;
}

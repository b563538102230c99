import type { Catalog } from '../../catalog/catalog.ts';
import { startDeadline } from '../../lib/deadline.ts';
import type { Job, Skip } from '../../lib/run-collectors.ts';
import { type Capture, noSection, parseCapture, type SectionStatus } from './capture.ts';
import type { ClockOffset, ClusterOf, HostCollector, HostInput } from './host-collector.ts';
import { HostError } from './host-error.ts';
import type { CaptureRequest, Transport } from './transports/transport.ts';

/** A capture and what is known about its way here. */
export interface Arrival {
  readonly capture: Capture;
  readonly bytes: number;
  readonly at: number;
  readonly durationMs: number;
  readonly clock: ClockOffset | undefined;
  /** Whether it was made just now, over a line, and not recorded earlier. */
  readonly live: boolean;
}

/** Where captures come from. */
export interface CaptureSource {
  readonly name: string;
  readonly transport: Transport;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Gets and parses one capture. Throws HostError when there is nothing to parse. */
export async function capture(
  { transport, now, name }: CaptureSource,
  { tiers, budgetMs, signal }: CaptureRequest,
): Promise<Arrival> {
  const startedAt = now();
  const deadline = startDeadline(budgetMs, signal);
  try {
    const { text, exchange } = await transport.run({ tiers, budgetMs, signal: deadline.signal });
    const at = now();
    const captured = parseCapture(text);
    if (captured.header === undefined) {
      const found = JSON.stringify(text.slice(0, 120));
      throw new HostError('format', `${name}: expected the output of capture.sh, found ${found}`);
    }
    if (captured.sections.size === 0) {
      throw new HostError(
        'format',
        `${name}: the capture of format ${captured.header.version} has no sections`,
      );
    }
    const clock = exchange && clockOffset(captured, exchange);
    return {
      capture: captured,
      bytes: Buffer.byteLength(text),
      at,
      durationMs: at - startedAt,
      clock,
      live: exchange !== undefined,
    };
  } finally {
    deadline.clear();
  }
}

/** What a collector reads of a capture. */
export function inputOf(
  { capture: captured, at, bytes, durationMs, live, clock }: Arrival,
  catalog: Catalog,
  clusterOf: ClusterOf = (stanza) => stanza,
): HostInput {
  const { header, sections, complete } = captured;
  if (header === undefined) throw new HostError('internal', 'a capture without header was kept');
  const statuses = new Map<SectionStatus, number>();
  for (const { status } of sections.values()) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  return {
    section: (name) => sections.get(name) ?? noSection(name, 'missing'),
    sections: (prefix) => [...sections.values()].filter(({ name }) => name.startsWith(prefix)),
    header,
    catalog,
    clusterOf,
    now: at / 1000,
    arrival: { statuses, complete, bytes, durationSeconds: durationMs / 1000, live },
    clock,
  };
}

/** Jobs for the collectors the capture has something for, and the others with the reason. */
export function plan(
  collectors: readonly HostCollector[],
  arrival: Arrival,
  catalog: Catalog,
  clusterOf?: ClusterOf,
): { jobs: Job[]; skips: Skip[] } {
  const input = inputOf(arrival, catalog, clusterOf);
  const jobs: Job[] = [];
  const skips: Skip[] = [];
  for (const collector of collectors) {
    if (
      collector.sections.length > 0 &&
      !collector.sections.some((name) => arrival.capture.sections.has(name))
    ) {
      skips.push({ collector: collector.name, reason: 'section' });
      continue;
    }
    jobs.push({ collector, collect: (run) => run.emit(collector.samples(input)) });
  }
  return { jobs, skips };
}

/**
 * Four clock readings as in NTP: ours when the request left and the answer was complete, the
 * target's when it began and ended; the way there and back is taken as equally long.
 */
function clockOffset(
  { header, durationSeconds }: Capture,
  { sentAt, receivedAt }: { readonly sentAt: number; readonly receivedAt: number },
): ClockOffset | undefined {
  if (header?.time === undefined || durationSeconds === undefined) return undefined;
  const onTheWay = (receivedAt - sentAt) / 1000 - durationSeconds;
  const middle = (sentAt + receivedAt) / 2000;
  return { seconds: header.time + durationSeconds / 2 - middle, errorSeconds: Math.max(0, onTheWay / 2) };
}

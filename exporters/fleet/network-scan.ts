import { setTimeout as sleep } from 'node:timers/promises';
import { probeAddress } from './network-probe.ts';
import { type DiscoveryConfig, isListed, scanTargets } from './scan-plan.ts';
import type { NetworkScan, ProbeAnswer, ScanTarget } from './technique.ts';

/** One line of the record of a scan: written before the connection is made. */
export interface AuditEntry extends ScanTarget {
  readonly event: 'connecting';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly purpose: 'tls' | 'version';
}

export interface ScanOptions {
  /** Writes one entry of the record. */
  readonly audit: (entry: AuditEntry) => void;
  readonly now: () => number;
}

/** Open connections at once, all to different hosts. */
const CONCURRENCY = 20;

/** A scan of the listed networks at the configured pace, every contact recorded. */
export function createNetworkScan(
  config: Pick<DiscoveryConfig, 'networks' | 'rate' | 'timeout'>,
  { audit, now }: ScanOptions,
): NetworkScan {
  const { networks, rate, timeout } = config;
  const intervalMs = 1000 / rate;
  let nextAt = 0;
  const turn = async (signal: AbortSignal) => {
    const at = Math.max(now(), nextAt);
    nextAt = at + intervalMs;
    await sleep(Math.max(0, at - now()), undefined, { signal });
  };
  return {
    concurrency: CONCURRENCY,
    targets: () => scanTargets(networks),
    probe: async (target, signal): Promise<ProbeAnswer | undefined> => {
      // A second look at what the plan already guarantees, at the one place where connections are made.
      if (!isListed(networks, target)) return undefined;
      return probeAddress(target, {
        timeoutMs: timeout * 1000,
        signal,
        beforeConnect: async (purpose) => {
          await turn(signal);
          audit({ event: 'connecting', at: now(), ...target, purpose });
        },
      });
    },
  };
}

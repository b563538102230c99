import { PgfleetError } from '../../lib/errors.ts';
import { type ActiveAlert, parseActiveAlerts } from '../alertmanager.ts';
import type { Duty, DutyContext } from '../duty.ts';
import { request } from '../http-request.ts';
import type { Incident } from '../incident.ts';

/** Absent for so long without a break counts as over: a restarted Alertmanager hears of every alert within minutes. */
const GRACE_MS = 10 * 60_000;

/**
 * Compares our incidents with what the first source's Alertmanager has, by its read-only API. A resolved
 * message that was never sent (the alert was silenced, Alertmanager lost its data) would leave an incident
 * open for ever; alerts cut off by max_alerts would never open one.
 */
export const duty: Duty = {
  name: 'reconcile',
  everySeconds: 120,
  prepare(context) {
    let missingSince: ReadonlyMap<string, number> = new Map();
    return async () => {
      const view = await compare(context);
      if (view === undefined) return;
      const { source, url, running, truncated, active } = view;
      const fingerprints = new Set(active.map(({ fingerprint }) => fingerprint));
      const found = findVanished(running, fingerprints, missingSince, context.now());
      // A restart of the notifier begins to count anew.
      missingSince = found.missingSince;
      for (const incident of found.vanished) context.ingest.closeVanished(incident);
      const cutOff = active.filter(
        (alert) => !alert.suppressed && alert.receivers.some((name) => truncated.has(name)),
      );
      if (cutOff.length > 0) {
        const snapshot = { receiver: '', externalUrl: url, alerts: cutOff, truncated: 0, unreadable: 0 };
        context.ingest.apply(source, snapshot, undefined);
      }
      if (found.vanished.length + cutOff.length > 0) context.onNews();
    };
  },
};

/** Both sides of the comparison; undefined when there is nothing to compare. */
async function compare(context: DutyContext) {
  const { alertmanagerUrl: url, plan, incidents, ingest } = context;
  const [source] = plan().config.sources;
  if (url === undefined || source === undefined) return undefined;
  const truncated = ingest.takeTruncated(source);
  const running = incidents.running(source);
  if (running.length === 0 && truncated.size === 0) return undefined;
  return { source, url, running, truncated, active: await fetchActive(url, context) };
}

/** Pure: which incidents have been missing for the whole grace time, and since when the others are. */
export function findVanished(
  running: readonly Incident[],
  active: ReadonlySet<string>,
  since: ReadonlyMap<string, number>,
  now: number,
): { vanished: Incident[]; missingSince: Map<string, number> } {
  const missing = running.filter(({ fingerprint }) => !active.has(fingerprint));
  const dated = new Map(missing.map(({ id }) => [id, since.get(id) ?? now]));
  return {
    vanished: missing.filter(({ id }) => now - (dated.get(id) ?? now) >= GRACE_MS),
    missingSince: dated,
  };
}

async function fetchActive(base: string, { signal, now }: DutyContext): Promise<ActiveAlert[]> {
  const url = `${base.replace(/\/+$/, '')}/api/v2/alerts`;
  const reply = await request({ method: 'GET', url, signal, maxBytes: 64 * 1024 * 1024 });
  if (reply.kind === 'failed') throw new PgfleetError('connect', `Alertmanager: ${reply.detail}`);
  if (reply.status !== 200) {
    throw new PgfleetError('connect', `Alertmanager: expected 200 for its alerts, found ${reply.status}`);
  }
  return parseActiveAlerts(reply.body, now());
}

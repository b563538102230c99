import type { Duty, DutyContext } from '../duty.ts';
import type { OutboxRow } from '../outbox.ts';

/**
 * Gives up news that is too old to be of use, and news for channels that no longer exist, and lets the
 * fallback channels have what they do not know yet.
 */
export const duty: Duty = {
  name: 'expire',
  everySeconds: 30,
  prepare: (context) => () => {
    const { outbox, store, now } = context;
    for (const [channel, rows] of byChannel(outbox.overdue(now()))) {
      store.transaction(() => giveUp(context, channel, rows, 'expired', 'older than max_age'));
    }
    for (const channel of orphans(context)) {
      const rows = outbox.waiting(channel);
      store.transaction(() => giveUp(context, channel, rows, 'dead', 'the channel is no longer configured'));
    }
  },
};

function giveUp(
  { outbox, troubles, audit, metrics, now, log, onNews }: DutyContext,
  channel: string,
  rows: readonly OutboxRow[],
  end: 'expired' | 'dead',
  detail: string,
): void {
  const ids = rows.map(({ id }) => id);
  outbox.abandon(ids, end, { class: 'expired', detail });
  if (end === 'expired') troubles.expired(channel, rows, now());
  else troubles.dead(channel, detail, rows, now());
  metrics.messages.inc({ channel, end }, rows.length);
  audit.write(`news ${end}`, channel, `${rows.length} rows: ${detail}`);
  log.error({ channel, rows: rows.length, end, detail }, 'news given up');
  onNews();
}

function byChannel(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const grouped = new Map<string, OutboxRow[]>();
  for (const row of rows) grouped.set(row.channel, [...(grouped.get(row.channel) ?? []), row]);
  return grouped;
}

function orphans({ outbox, plan }: DutyContext): Set<string> {
  const { channels } = plan();
  return new Set(
    outbox
      .lanes()
      .map(({ channel }) => channel)
      .filter((channel) => !channels.has(channel)),
  );
}

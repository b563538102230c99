import { createHash } from 'node:crypto';
import { mergeRows } from './batch.ts';
import type { Incidents } from './incidents.ts';
import type { Message } from './message.ts';
import type { Batch } from './outbox.ts';
import type { OpenChannel } from './plan.ts';
import { type News, type Notice, type RenderOptions, renderNews, renderNotice } from './render.ts';
import { splitMessage } from './split.ts';

/** How often the provider may refuse the content before its rows are dead: as it is, smaller, plain. */
export const REFUSALS_UNTIL_DEAD = 3;

export interface ComposeContext {
  readonly incidents: Incidents;
  readonly timezone: string;
  readonly alertmanagerUrl: string | undefined;
  readonly now: number;
}

/** Renders a batch for its channel and cuts it to the channel's size; empty when nothing is left to say. */
export function compose(batch: Batch, target: OpenChannel, context: ComposeContext): Message[] {
  const shrink = Math.max(...batch.rows.map((row) => row.shrink));
  const options: RenderOptions = {
    id: messageId(batch),
    language: target.language,
    timezone: context.timezone,
    now: context.now,
    possibleDuplicate: batch.rows.some((row) => row.possible_duplicate === 1),
    plain: shrink >= 2,
    alertmanagerUrl: context.alertmanagerUrl,
  };
  const message = render(batch, context, options);
  if (message === undefined) return [];
  const { limits } = target.channel;
  const bytes = shrink === 0 ? limits.bytes : limits.bytes / 2;
  return splitMessage(message, { ...limits, bytes }, (part) => target.channel.bytes(part));
}

/** The same rows give the same id; other rows, even of a store begun anew, never do. */
function messageId({ rows }: Batch): string {
  const identity = rows.map(({ id, created_at }) => `${id}@${created_at}`).join(' ');
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

function render(batch: Batch, { incidents }: ComposeContext, options: RenderOptions): Message | undefined {
  const notice = batch.rows.find((row) => row.payload_json !== null)?.payload_json;
  // Written by Outbox.enqueue from a Notice.
  if (typeof notice === 'string') return renderNotice(JSON.parse(notice) as Notice, options);
  const known = incidents.byIds(batch.rows.flatMap((row) => row.incident_id ?? []));
  const changes = mergeRows(batch.rows, (id) => known.get(id)?.closedAt !== undefined);
  const news = changes.flatMap(({ incidentId, change }): News[] => {
    const incident = known.get(incidentId);
    return incident === undefined ? [] : [{ incident, change }];
  });
  return news.length === 0 ? undefined : renderNews(news, options);
}

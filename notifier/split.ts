import { cut } from './clean-text.ts';
import type { Item, Message } from './message.ts';
import { messages } from './messages.ts';

export interface SplitLimits {
  /** Largest size of a part, by `bytes`. */
  readonly bytes: number;
  readonly parts: number;
  readonly items: number;
}

/**
 * Cuts a message into parts the provider accepts, at the borders of items only. The first part has the
 * counts and the most urgent items, so it is enough alone; the last one says how many items found no
 * place. An item too long for a part of its own is shortened. `bytes` is the size of the final request.
 */
export function splitMessage(
  message: Message,
  limits: SplitLimits,
  bytes: (part: Message) => number,
): Message[] {
  const fits = (part: Message) => bytes(part) <= limits.bytes;
  const listed = message.items.slice(0, limits.items);
  const whole = frame(message, listed, undefined, message.items.length - listed.length);
  if (fits(whole)) return [whole];
  const groups = fillParts(message, limits, fits);
  const shown = groups.reduce((sum, group) => sum + group.length, 0);
  const omitted = message.items.length - shown;
  if (groups.length <= 1) return [squeeze(frame(message, groups[0] ?? [], undefined, omitted), fits)];
  return groups.map((group, index) => {
    const part = { number: index + 1, count: groups.length };
    return squeeze(frame(message, group, part, index === groups.length - 1 ? omitted : 0), fits);
  });
}

/** One part: the lead only in the first, the notes and links only in the last. */
function frame(message: Message, items: readonly Item[], part: Message['part'], omitted: number): Message {
  const first = part === undefined || part.number === 1;
  const last = part === undefined || part.number === part.count;
  const words = messages(message.language);
  return {
    ...message,
    title: part === undefined ? message.title : `${message.title} (${part.number}/${part.count})`,
    lead: first ? message.lead : [],
    items,
    notes: last ? [...message.notes, ...(omitted > 0 ? [words.omitted(omitted)] : [])] : [],
    links: last ? message.links : [],
    ...(part === undefined ? {} : { part }),
  };
}

function fillParts(message: Message, limits: SplitLimits, fits: (part: Message) => boolean): Item[][] {
  const full: Item[][] = [];
  let group: Item[] = [];
  const fitsPart = (items: readonly Item[]) => fits(largest(message, items, limits.parts, full.length === 0));
  for (const item of message.items.slice(0, limits.items)) {
    if (group.length > 0 && !fitsPart([...group, item])) {
      full.push(group);
      group = [];
      if (full.length === limits.parts) return full;
    }
    group = [
      ...group,
      group.length > 0 || fitsPart([item]) ? item : shorten(item, (short) => fitsPart([short])),
    ];
  }
  return group.length === 0 ? full : [...full, group];
}

/** The part with all that it may have to carry beside these items: which it will be is not known yet. */
function largest(message: Message, items: readonly Item[], parts: number, first: boolean): Message {
  const words = messages(message.language);
  return {
    ...message,
    title: `${message.title} (${parts}/${parts})`,
    lead: first ? message.lead : [],
    items,
    notes: [...message.notes, words.omitted(message.items.length)],
    part: { number: first ? 1 : parts, count: parts },
  };
}

/** Leaves out what matters least until the item fits: labels, then description, then links, then the end of the heading. */
function shorten(item: Item, fits: (item: Item) => boolean): Item {
  const [where, since] = item.facts;
  const fewFacts = [where, since].filter((fact) => fact !== undefined);
  const steps: Item[] = [
    { ...item, description: [cut(item.description.join(' '), 300)] },
    { ...item, description: [], facts: fewFacts },
    { ...item, description: [], facts: fewFacts, links: [] },
    { ...item, description: [], facts: [], links: [], heading: cut(item.heading, 80) },
  ];
  const bare: Item = { ...item, description: [], facts: [], links: [], heading: cut(item.heading, 40) };
  return steps.find(fits) ?? bare;
}

/** For what no shortening of items can make fit: lines of the lead go, then notes and links, then the end of the title. */
function squeeze(message: Message, fits: (part: Message) => boolean): Message {
  const bare: Message = { ...message, lead: [], notes: [], links: [] };
  const lengths = message.lead.map((_line, index) => message.lead.length - index);
  const steps: Message[] = [
    ...lengths.map((length) => ({ ...message, lead: message.lead.slice(0, length) })),
    { ...message, lead: [] },
    bare,
  ];
  return steps.find(fits) ?? { ...bare, title: cut(message.title, 80) };
}

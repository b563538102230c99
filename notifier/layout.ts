import type { Item, Link, Message } from './message.ts';

/**
 * How one provider marks up text. Every function gets raw text and returns finished markup, so
 * escaping happens here and nowhere else.
 */
export interface Markup {
  escape(text: string): string;
  title(text: string): string;
  heading(text: string): string;
  strong(text: string): string;
  link(link: Link): string;
  /** Between lines of one block. */
  readonly newline: string;
  /** Between blocks. */
  readonly gap: string;
  /** Between the links of one item. */
  readonly linkGap: string;
}

/** Text without any markup, for mail's text part and for providers that refused the formatted one. */
export const PLAIN: Markup = {
  escape: (text) => text,
  title: (text) => text,
  heading: (text) => text,
  strong: (text) => text,
  link: ({ text, url }) => `${text}: ${url}`,
  newline: '\n',
  gap: '\n\n',
  linkGap: '\n',
};

/** The whole message as one text: title, lead, items, notes, links. */
export function layout(message: Message, markup: Markup): string {
  return [markup.title(message.title), layoutBody(message, markup)]
    .filter((block) => block !== '')
    .join(markup.gap);
}

/** The message without its title, for providers that take it apart. */
export function layoutBody(message: Message, markup: Markup): string {
  const blocks = [
    message.lead.map(markup.escape).join(markup.newline),
    ...message.items.map((item) => layoutItem(item, message, markup)),
    message.notes.map(markup.escape).join(markup.newline),
    message.links.map(markup.link).join(markup.linkGap),
  ];
  return blocks.filter((block) => block !== '').join(markup.gap);
}

/** One incident; its heading is left out where the title of the message says the same. */
export function layoutItem(item: Item, message: Message, markup: Markup): string {
  const alone = message.items.length === 1 && message.part === undefined && message.lead.length === 0;
  const lines = [
    ...(alone ? [] : [markup.heading(item.heading)]),
    ...item.description.map(markup.escape),
    ...item.facts.map(({ name, value }) => `${markup.strong(name)} ${markup.escape(value)}`),
    item.links.map(markup.link).join(markup.linkGap),
  ];
  return lines.filter((line) => line !== '').join(markup.newline);
}

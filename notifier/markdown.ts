import type { Markup } from './layout.ts';

/**
 * Messengers render their own subsets of Markdown and agree on no escape, so untrusted text is defanged
 * instead: what could become a link, a tag, a mention or a heading keeps its look but not its meaning.
 */
export function defang(text: string): string {
  return text
    .replaceAll('](', '] (')
    .replaceAll('<', '＜')
    .replaceAll('`', "'")
    .replace(/@(all|here|channel|everyone|所有人)/gi, '@\u2060$1')
    .replace(/^(\s*)([#>*+-])/, '$1\u2060$2');
}

/** An address that cannot end the parentheses it stands in. */
export function markdownUrl(url: string): string {
  return url.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll(' ', '%20');
}

/** The common ground of the messengers' Markdown; each channel changes what differs. */
export const MARKDOWN: Markup = {
  escape: defang,
  title: (text) => `### ${defang(text)}`,
  heading: (text) => `**${defang(text)}**`,
  strong: (text) => `**${defang(text)}:**`,
  link: ({ text, url }) => `[${defang(text)}](${markdownUrl(url)})`,
  newline: '\n',
  gap: '\n\n',
  linkGap: ' | ',
};

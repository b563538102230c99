/** Markup that is safe to send as it is. Only `html` and the trusted constants of this folder make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text is escaped, absent values print nothing, lists are joined. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/** Template tag that escapes every value; attribute values must be quoted in the template. */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = literals[0] ?? '';
  values.forEach((value, index) => {
    text += print(value) + (literals[index + 1] ?? '');
  });
  return new Html(text);
}

function print(value: Content): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Html) return value.text;
  let text = '';
  for (const part of value) text += print(part);
  return text;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const SPECIAL = /[&<>"']|(?![\t\n\r])\p{Cc}/u;
const EVERY_SPECIAL = new RegExp(SPECIAL, 'gu');

/** Escapes text for element content and quoted attributes; control characters become U+FFFD. */
function escapeHtml(text: string): string {
  return SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, (char) => ENTITIES[char] ?? '\uFFFD') : text;
}

/** The address when it is http or https, else undefined: other schemes could run code. */
export function webUrl(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

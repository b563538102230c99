/**
 * Labels and annotations may carry anything a watched system says: process names, log lines, mischief.
 * What passes here is safe to show as text; each channel escapes it for its own markup.
 */

/** Control characters, byte order marks and everything that turns the reading direction around. */
const INVISIBLE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;
const LONE_SURROGATE = /\p{Cs}/gu;

/** One line of at most `maxChars` characters. */
export function cleanLine(text: string, maxChars: number): string {
  const line = text.replace(/\s+/g, ' ').replace(INVISIBLE, '').replace(LONE_SURROGATE, '\ufffd').trim();
  return cut(line, maxChars);
}

/** Paragraphs without empty ones; together at most `maxChars` characters. */
export function cleanLines(text: string, maxChars: number): string[] {
  const lines: string[] = [];
  let left = maxChars;
  for (const raw of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    const line = cleanLine(raw, left);
    if (line === '') continue;
    lines.push(line);
    left -= Array.from(line).length;
    if (left < 1) break;
  }
  return lines;
}

/** Cuts at a character, never inside a surrogate pair, and marks the cut. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const characters = Array.from(text);
  return characters.length <= maxChars ? text : `${characters.slice(0, Math.max(0, maxChars - 1)).join('')}…`;
}

/** The address as browsers read it, when it is an http(s) one without credentials; else undefined. */
export function safeUrl(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 2000 || !URL.canParse(trimmed)) return undefined;
  const url = new URL(trimmed);
  const plain =
    (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '';
  return plain ? url.href : undefined;
}

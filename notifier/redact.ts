import { redactText } from '../lib/log.ts';
import { Secret } from '../lib/secret.ts';
import { cleanLine } from './clean-text.ts';

/** Where messengers carry their tokens in an address, beside the `key=` forms that lib/log.ts knows. */
const TOKENS = [
  [/(\/hook\/)[^\s/?"']+/g, '$1[redacted]'],
  [/(\/services\/)[^\s?"']+/g, '$1[redacted]'],
  [/(\bbot)\d+:[\w-]+/g, '$1[redacted]'],
  [/(\bsig=)[^\s&"']+/g, '$1[redacted]'],
  [/(\bAuthorization:\s*)\S+(\s+\S+)?/gi, '$1[redacted]'],
] as const;

/** Takes a channel's secrets, known ones and such as look like one, out of a text for logs, pages and the store. */
export function redact(text: string, secrets: readonly string[]): string {
  const unknown = TOKENS.reduce(
    (clean, [pattern, replacement]) => clean.replace(pattern, replacement),
    redactText(secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)),
  );
  return cleanLine(unknown, 300);
}

/** Every secret inside a value, with the parts of secret addresses that appear alone in error texts. */
export function secretsIn(value: unknown): string[] {
  if (value instanceof Secret) return forms(value.reveal());
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(secretsIn);
  return [];
}

function forms(secret: string): string[] {
  const all = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  if (URL.canParse(secret)) {
    const { pathname, search, searchParams } = new URL(secret);
    all.push(`${pathname}${search}`, pathname, ...searchParams.values());
  }
  // Short pieces would also be found in innocent words.
  return [...new Set(all)].filter((form) => form.length >= 6).sort((a, b) => b.length - a.length);
}

import { startDeadline } from '../../lib/deadline.ts';
import { errorCode, errorMessage, PgfleetError } from '../../lib/errors.ts';
import { redactText } from '../../lib/log.ts';

/** What a Prometheus said, or that it did not and why. */
export type Answer<T> = T | { readonly state: 'unknown'; readonly reason: string };

const TIMEOUT_MS = 1500;
/** Page views that come closer together than this share one answer. */
const FRESH_MS = 2000;
/** Far above what thousands of series need; a page must not hold the memory of whatever answers there. */
const MAX_BYTES = 16_000_000;

/**
 * A question to the HTTP API of a Prometheus, below the path of its address. Asked at most every two seconds however
 * many people look at the page, within a second and a half; never rejects.
 */
export function prometheusQuestion<T>(
  prometheusUrl: string,
  path: string,
  parse: (text: string) => T,
  now: () => number,
): () => Promise<Answer<T>> {
  let last: { at: number; answer: Promise<Answer<T>> } | undefined;
  return () => {
    if (last === undefined || now() - last.at >= FRESH_MS) {
      last = { at: now(), answer: ask(prometheusUrl, path, parse) };
    }
    return last.answer;
  };
}

async function ask<T>(prometheusUrl: string, path: string, parse: (text: string) => T): Promise<Answer<T>> {
  const deadline = startDeadline(TIMEOUT_MS);
  try {
    const url = new URL(path, prometheusUrl.endsWith('/') ? prometheusUrl : `${prometheusUrl}/`);
    const response = await fetch(url, { signal: deadline.signal, redirect: 'error' });
    if (!response.ok) throw new PgfleetError('connect', `HTTP status ${response.status}`);
    return parse(await readLimited(response));
  } catch (error) {
    // The cause of a parse error is the validator's long account of a foreign answer.
    const reason =
      errorCode(error) === 'parse' && error instanceof Error ? error.message : errorMessage(error);
    return { state: 'unknown', reason: redactText(reason) };
  } finally {
    deadline.clear();
  }
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new PgfleetError('parse', `expected at most ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

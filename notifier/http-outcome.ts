import type { Outcome } from './channel.ts';
import type { HttpReply } from './http-request.ts';

type Response = Extract<HttpReply, { kind: 'response' }>;

/** What a failed exchange means for a message. */
export function failureOutcome(failure: Extract<HttpReply, { kind: 'failed' }>): Outcome {
  if (failure.unacceptable) return { class: 'config', detail: failure.detail };
  return { class: failure.sent ? 'ambiguous' : 'transient', detail: failure.detail };
}

/** What an HTTP status means where the body says nothing better; undefined for 2xx. */
export function statusOutcome(response: Response): Outcome | undefined {
  const { status } = response;
  if (status >= 200 && status < 300) return undefined;
  const detail = `HTTP ${status} ${excerpt(response.body)}`.trim();
  if (status === 429) return { class: 'rate_limited', detail, ...retryAfter(response) };
  if (status === 408 || status === 425 || status >= 500) return { class: 'transient', detail };
  if (status === 400 || status === 413 || status === 422) return { class: 'payload', detail };
  return { class: 'config', detail };
}

/** The Retry-After header in seconds, as a number; dates are rare and left to the channel's own penalty. */
export function retryAfter({ headers }: Response): { retryAfterSeconds?: number } {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {};
}

/** The beginning of an answer on one line; an HTML page by its title only. */
export function excerpt(body: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1];
  return (title ?? body).replace(/\s+/g, ' ').trim().slice(0, 200);
}

/** The body as a JSON object; undefined for anything else, such as the HTML page of a proxy. */
export function jsonObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

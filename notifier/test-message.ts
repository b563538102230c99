import { errorMessage, PgfleetError } from '../lib/errors.ts';
import type { Outcome } from './channel.ts';
import { loadChannelTypes, type NotifyConfig } from './config.ts';
import type { Language } from './message.ts';
import { messages } from './messages.ts';
import { makePlan } from './plan.ts';
import { redact } from './redact.ts';
import { type Notice, renderNotice } from './render.ts';

export interface TestResult {
  /** `''` for a robot. */
  readonly recipient: string;
  readonly outcome: Outcome;
}

/**
 * Sends a test message to every recipient of a channel, past the queue, and says what came of each.
 * Throws PgfleetError `not_found` for a channel that is not configured.
 */
export async function sendTestMessage(
  config: NotifyConfig,
  name: string,
  options: { language: Language; now: () => number; signal: AbortSignal },
): Promise<TestResult[]> {
  const target = makePlan(config, await loadChannelTypes(), options.language).channels.get(name);
  if (target === undefined) {
    const known = config.channels.map((channel) => channel.name).join(', ') || 'none';
    throw new PgfleetError('not_found', `channel "${name}": expected one of: ${known}`);
  }
  const message = renderNotice(testNotice(name), {
    id: `test-${options.now()}`,
    language: target.language,
    timezone: config.timezone,
    now: options.now(),
    possibleDuplicate: false,
    plain: false,
    alertmanagerUrl: undefined,
  });
  const remembered = new Map<string, string>();
  const memory = {
    get: (key: string) => remembered.get(key),
    set: (key: string, value: string) => void remembered.set(key, value),
  };
  return Promise.all(
    target.channel.recipients.map(async (recipient): Promise<TestResult> => {
      try {
        const outcome = await target.channel.send(message, { ...options, recipient, memory });
        if (outcome.class === 'ok') return { recipient, outcome };
        return { recipient, outcome: { ...outcome, detail: redact(outcome.detail, target.secrets) } };
      } catch (error) {
        const detail = redact(errorMessage(error), target.secrets);
        return { recipient, outcome: { class: 'transient', detail } };
      }
    }),
  );
}

function testNotice(channel: string): Notice {
  const [en, zh] = [messages('en').test, messages('zh').test];
  return {
    severity: 'info',
    title: { en: en.title, zh: zh.title },
    lines: [{ en: en.line(channel), zh: zh.line(channel) }],
  };
}

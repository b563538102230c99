import { startDeadline } from '../lib/deadline.ts';
import { sendTestMessage as send } from '../notifier/test-message.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';

/** A provider that has not answered by then will not. */
const TIMEOUT_MS = 60_000;

/** Sends a test message to every recipient of a channel and prints what each provider answered. */
export async function sendTestMessage(request: { channel: string; config: string }): Promise<number> {
  const config = await loadConfig({ file: request.config, env: process.env });
  const deadline = startDeadline(TIMEOUT_MS);
  const results = await send(config.notify, request.channel, {
    language: config.language,
    now: Date.now,
    signal: deadline.signal,
  });
  deadline.clear();
  for (const { recipient, outcome } of results) {
    const to = recipient === '' ? request.channel : `${request.channel} to ${recipient}`;
    const detail = 'detail' in outcome && outcome.detail ? `: ${outcome.detail}` : '';
    process.stdout.write(`${to}: ${outcome.class === 'ok' ? 'accepted' : outcome.class}${detail}\n`);
  }
  return results.every(({ outcome }) => outcome.class === 'ok') ? EXIT.ok : EXIT.unwell;
}

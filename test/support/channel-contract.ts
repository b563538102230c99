import { expect } from 'vitest';
import type { Channel, ChannelType } from '../../notifier/channel.ts';
import type { HttpReply } from '../../notifier/http-request.ts';
import { splitMessage } from '../../notifier/split.ts';
import { hostileMessage, hugeMessage, sampleMessage } from './sample-message.ts';

/** Parses options as pgfleet.yml does, secrets given as they are, and opens the channel. */
export function openChannel(type: ChannelType, options: Record<string, unknown>): Channel {
  return type.open(options);
}

/** What must hold for every channel: no message is too long for its provider, however it has to be cut. */
export function expectPartsToFit(channel: Channel): void {
  for (const message of [sampleMessage(), hostileMessage(), hugeMessage()]) {
    for (const variant of [message, { ...message, plain: true }]) {
      for (const bytes of [channel.limits.bytes, channel.limits.bytes / 2]) {
        const parts = splitMessage(variant, { ...channel.limits, bytes }, (part) => channel.bytes(part));
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.length).toBeLessThanOrEqual(channel.limits.parts);
        for (const part of parts) expect(channel.bytes(part)).toBeLessThanOrEqual(bytes);
      }
    }
  }
}

/** An answer of a provider, for the tables of classifiers. */
export function reply(status: number, body: unknown, headers: Record<string, string> = {}): HttpReply {
  return { kind: 'response', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

export const REFUSED: HttpReply = {
  kind: 'failed',
  sent: false,
  unacceptable: false,
  detail: 'ECONNREFUSED',
};
export const LOST: HttpReply = { kind: 'failed', sent: true, unacceptable: false, detail: 'socket hang up' };
export const UNTRUSTED: HttpReply = {
  kind: 'failed',
  sent: false,
  unacceptable: true,
  detail: 'CERT_HAS_EXPIRED',
};

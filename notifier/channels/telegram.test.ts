import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { expectPartsToFit, LOST, openChannel, REFUSED, reply } from '../../test/support/channel-contract.ts';
import { hostileMessage, sampleMessage } from '../../test/support/sample-message.ts';
import type { HttpReply } from '../http-request.ts';
import { channel, classifyTelegram, telegramBody } from './telegram.ts';

const options = {
  token: new Secret('123456:ABC-def'),
  chat_ids: ['-100123'],
  api_base: 'https://api.telegram.org',
};

describe('telegramBody', () => {
  it('is HTML without previews, loud for what fires', () => {
    expect(telegramBody({ thread_id: 7 }, sampleMessage(), '-100123')).toEqual({
      chat_id: '-100123',
      message_thread_id: 7,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      disable_notification: false,
      text: [
        '<b>[CRITICAL][FIRING] db1:5432: Disk /data fills up in 6 hours</b>',
        '',
        'Free: 4%.',
        '<b>Where:</b> db1:5432',
        '<b>Since:</b> 2026-11-22 15:51:11 +08:00 (12 minutes)',
        '<a href="https://docs.example/runbooks/a(b)">Runbook</a>',
      ].join('\n'),
    });
  });

  it('has no markup when it was refused', () => {
    const body = telegramBody({}, { ...sampleMessage(), plain: true }, '1');

    expect(body).not.toHaveProperty('parse_mode');
    expect(JSON.stringify(body)).not.toContain('<b>');
  });

  it('escapes what would be a tag', () => {
    const body = telegramBody({}, hostileMessage(), '1') as { text: string };

    expect(body.text.replaceAll(/<\/?b>/g, '')).not.toContain('<');
  });
});

describe('the channel', () => {
  it('cuts every message to 4,096 characters', () => {
    expectPartsToFit(openChannel(channel, options));
  });

  it('refuses what is no token, without showing it', () => {
    const problems = channel.check({ ...options, token: new Secret('canary') });

    expect(problems.join()).toMatch(/expected a bot token/);
    expect(problems.join()).not.toContain('canary');
  });
});

describe('classifyTelegram', () => {
  const failed = (error_code: number, description: string, parameters = {}) =>
    reply(error_code, { ok: false, error_code, description, parameters });

  it.each<[string, HttpReply, object]>([
    ['ok', reply(200, { ok: true, result: { message_id: 42 } }), { class: 'ok', reference: '42' }],
    [
      'too fast',
      failed(429, 'Too Many Requests: retry after 14', { retry_after: 14 }),
      { class: 'rate_limited', retryAfterSeconds: 14 },
    ],
    [
      'group moved',
      failed(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: -100999,
      }),
      { class: 'moved', chatId: '-100999' },
    ],
    ['bad markup', failed(400, "Bad Request: can't parse entities"), { class: 'payload' }],
    ['too long', failed(400, 'Bad Request: message is too long'), { class: 'payload' }],
    ['no such chat', failed(400, 'Bad Request: chat not found'), { class: 'config', recipientOnly: true }],
    [
      'kicked',
      failed(403, 'Forbidden: bot was kicked from the group chat'),
      { class: 'config', recipientOnly: true },
    ],
    ['bad token', failed(401, 'Unauthorized'), { class: 'config', recipientOnly: false }],
    ['broken', failed(502, 'Bad Gateway'), { class: 'transient' }],
    ['page of a gateway', reply(200, '<html>'), { class: 'transient' }],
    ['refused', REFUSED, { class: 'transient' }],
    ['lost', LOST, { class: 'ambiguous' }],
  ])('%s', (_name, answer, expected) => {
    expect(classifyTelegram(answer)).toMatchObject(expected);
  });
});

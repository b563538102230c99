import type { NodemailerError } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { expectPartsToFit, openChannel } from '../../test/support/channel-contract.ts';
import { renderNotice } from '../render.ts';
import { channel, classifySmtp, composeMail } from './email.ts';

const base = {
  from: 'pgfleet <alerts@pgfleet.example>',
  to: ['ops@example.com'],
  smtp: { host: 'mail.example', port: 587, tls: 'auto' as const },
  per_minute: 30,
};

describe('classifySmtp', () => {
  const error = (fields: Partial<NodemailerError>): NodemailerError =>
    Object.assign(new Error('failed'), fields);

  it.each<[string, Partial<NodemailerError>, boolean, object]>([
    ['wrong password', { code: 'EAUTH', responseCode: 535, permanent: true }, false, { class: 'config' }],
    [
      'login refused for now',
      { code: 'EAUTH', responseCode: 454, permanent: false },
      false,
      { class: 'transient' },
    ],
    ['no password', { code: 'EAUTH' }, false, { class: 'config' }],
    [
      'sender refused',
      { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 553, permanent: true },
      false,
      { class: 'config', recipientOnly: false },
    ],
    [
      'unknown recipient',
      { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, permanent: true },
      false,
      { class: 'config', recipientOnly: true },
    ],
    [
      'greylisted',
      { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451, permanent: false },
      false,
      { class: 'transient' },
    ],
    [
      'spam',
      { code: 'EMESSAGE', command: 'DATA', responseCode: 554, permanent: true },
      true,
      { class: 'payload' },
    ],
    ['too large', { code: 'EMESSAGE' }, false, { class: 'payload' }],
    [
      'mailbox full for now',
      { code: 'EMESSAGE', responseCode: 452, permanent: false },
      true,
      { class: 'transient' },
    ],
    ['refused connection', { code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, false, { class: 'transient' }],
    ['unknown host', { code: 'EDNS' }, false, { class: 'transient' }],
    [
      'expired certificate',
      { code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED' },
      false,
      { class: 'config' },
    ],
    ['STARTTLS refused', { code: 'ETLS', responseCode: 502, permanent: true }, false, { class: 'config' }],
    ['cut off while encrypting', { code: 'ETLS' }, false, { class: 'transient' }],
    ['silence before the text', { code: 'ETIMEDOUT' }, false, { class: 'transient' }],
    ['silence after the text', { code: 'ETIMEDOUT' }, true, { class: 'ambiguous' }],
    ['cut off after the text', { code: 'ECONNECTION' }, true, { class: 'ambiguous' }],
    ['stopped after the text', { code: 'EABORT' }, true, { class: 'ambiguous' }],
  ])('%s', (_name, fields, bodyBegun, expected) => {
    expect(classifySmtp(error(fields), bodyBegun)).toMatchObject(expected);
  });
});

describe('composeMail', () => {
  const notice = {
    severity: 'warning' as const,
    title: { en: 'Title', zh: '标题' },
    lines: [{ en: 'line <b>', zh: '行' }],
  };
  const part = renderNotice(notice, {
    id: 'abc',
    language: 'en',
    timezone: 'UTC',
    now: 0,
    possibleDuplicate: false,
    plain: false,
    alertmanagerUrl: undefined,
  });

  it('has a Message-ID of the message and its part, the same each time', () => {
    const second = { ...part, part: { number: 2, count: 3 } };

    expect(composeMail(base, part, 'x@y').messageId).toBe('<pgfleet-abc@pgfleet.example>');
    expect(composeMail(base, second, 'x@y').messageId).toBe('<pgfleet-abc.2@pgfleet.example>');
  });

  it('leaves HTML out of a plain one', () => {
    expect(composeMail(base, part, 'x@y').html).toContain('line &lt;b&gt;');
    expect(composeMail(base, { ...part, plain: true }, 'x@y').html).toBeUndefined();
  });
});

describe('the channel', () => {
  it('cuts every message to its limit', () => {
    expectPartsToFit(openChannel(channel, base));
  });
});

describe('options', () => {
  it.each([
    ['a password without a user', { smtp: { ...base.smtp, password: {} } }, /together/],
    [
      'a password in clear text',
      { smtp: { ...base.smtp, user: 'u', password: {}, tls: 'none' } },
      /encryption/,
    ],
  ])('refuses %s', (_name, changes, message) => {
    expect(channel.check({ ...base, ...changes }).join()).toMatch(message);
  });

  it('allows clear text on the machine itself', () => {
    const local = { ...base.smtp, host: '127.0.0.1', user: 'u', password: {}, tls: 'none' };

    expect(channel.check({ ...base, smtp: local })).toEqual([]);
  });
});

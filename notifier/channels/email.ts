/**
 * Source: RFC 5321 reply codes, RFC 5322 threading, RFC 3834 Auto-Submitted; nodemailer's error codes,
 *         https://nodemailer.com/errors
 * Shape:  multipart/alternative of text and HTML; one mail per recipient, because an SMTP server may take
 *         some recipients and defer others.
 * Limits: none by protocol; mail providers clip HTML beyond 100 kB and throttle senders: 30 a minute unless set.
 */
import { isIP } from 'node:net';
import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import { z } from 'zod';
import { secretSchema } from '../../lib/config.ts';
import { errorMessage } from '../../lib/errors.ts';
import { caFileSchema, isCertificateError } from '../certificates.ts';
import { defineChannel, type Outcome, type SendContext } from '../channel.ts';
import { htmlMail, TEXT_MAIL } from '../html-mail.ts';
import { layout } from '../layout.ts';
import type { Message } from '../message.ts';

const address = z
  .string()
  .max(320)
  .regex(/^[^\r\n]*[^\s<>@]+@[^\s<>@]+>?$/, 'expected an address such as ops@example.com');

const smtp = z.strictObject({
  host: z.string().min(1).describe('Mail server to hand mails to.'),
  port: z.int().min(1).max(65_535).default(587),
  tls: z
    .enum(['auto', 'implicit', 'required', 'none'])
    .default('auto')
    .describe('auto: implicit on port 465, required with a user, otherwise used when offered (unverified).'),
  user: z.string().min(1).optional(),
  password: secretSchema.optional(),
  ca_file: caFileSchema.optional().describe('PEM file of the authorities to trust.'),
  servername: z.string().min(1).optional().describe('Name expected in the certificate. Default: host.'),
});

const options = z.strictObject({
  from: address.describe('Sender, with or without a name.'),
  to: z.array(address).min(1).describe('Recipients; each gets a mail of its own.'),
  reply_to: address.optional(),
  smtp,
  per_minute: z.int().min(2).max(10_000).default(30).describe('Mails a minute, all recipients together.'),
});

type Options = z.output<typeof options>;

export const channel = defineChannel({
  type: 'email',
  help: 'Mail through an SMTP server.',
  options,
  check: ({ smtp: server }) => checkServer(server),
  open: (opened) => ({
    limits: {
      bytes: 100_000,
      parts: 1,
      items: 50,
      rate: [{ max: opened.per_minute, seconds: 60 }],
      penaltySeconds: [60, 600],
    },
    recipients: opened.to,
    robot: `${opened.smtp.host}:${opened.smtp.port}:${opened.smtp.user ?? ''}`,
    bytes: (part) => Buffer.byteLength(part.plain ? layout(part, TEXT_MAIL) : htmlMail(part)),
    send: (part, context) => sendMail(opened, part, context),
  }),
});

function checkServer({ user, password, tls, host }: Options['smtp']): string[] {
  const problems: string[] = [];
  if ((user === undefined) !== (password === undefined)) {
    problems.push('expected smtp.user and smtp.password together, found one of them');
  }
  const loopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (tls === 'none' && user !== undefined && !loopback) {
    problems.push('expected encryption for smtp.password, found tls: none');
  }
  return problems;
}

async function sendMail(opened: Options, part: Message, context: SendContext): Promise<Outcome> {
  let bodyBegun = false;
  const transport = createTransport({
    ...serverOptions(opened.smtp),
    // nodemailer tells only in its log how far it got when a connection breaks.
    logger: {
      debug: (entry: { tnx?: string }, text: unknown) => {
        if (entry.tnx === 'client' && text === 'DATA') bodyBegun = true;
      },
    },
    transactionLog: true,
  });
  try {
    const info = await transport.sendMail({
      ...composeMail(opened, part, context.recipient),
      signal: context.signal,
    });
    return { class: 'ok', reference: info.response };
  } catch (error) {
    return classifySmtp(error as NodemailerError, bodyBegun);
  } finally {
    transport.close();
  }
}

function serverOptions({ host, port, tls, user, password, ca_file, servername }: Options['smtp']) {
  const implicit = tls === 'implicit' || (tls === 'auto' && port === 465);
  const required = tls === 'required' || (tls === 'auto' && user !== undefined);
  return {
    host,
    port,
    secure: implicit,
    requireTLS: required && !implicit,
    ignoreTLS: tls === 'none',
    opportunisticTLS: !required && !implicit,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: {
      minVersion: 'TLSv1.2' as const,
      // Without a password there is nothing to protect but the text; encrypted to anybody beats plain.
      rejectUnauthorized: implicit || required,
      ...(ca_file === undefined ? {} : { ca: ca_file }),
      ...(servername === undefined ? {} : { servername }),
    },
    ...(user === undefined ? {} : { auth: { user, pass: password?.reveal() ?? '' } }),
  };
}

/** The mail itself. The same message has the same Message-ID at every attempt; all of an incident are one thread. */
export function composeMail(opened: Options, part: Message, recipient: string): SendMailOptions {
  const domain = /@([^\s<>@]+)>?$/.exec(opened.from)?.[1] ?? 'pgfleet.invalid';
  const roots = part.items.map(({ incident }) => `<incident-${incident.id}@${domain}>`).slice(0, 20);
  const suffix = part.part === undefined ? '' : `.${part.part.number}`;
  return {
    from: opened.from,
    to: recipient,
    ...(opened.reply_to === undefined ? {} : { replyTo: opened.reply_to }),
    subject: part.title,
    messageId: `<pgfleet-${part.id}${suffix}@${domain}>`,
    ...(roots[0] === undefined ? {} : { inReplyTo: roots[0], references: roots }),
    text: layout(part, TEXT_MAIL),
    ...(part.plain ? {} : { html: htmlMail(part) }),
    ...(part.severity === 'critical' && !part.resolved ? { priority: 'high' } : {}),
    xMailer: false,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `pgfleet alerts <alerts.pgfleet.${domain}>`,
    },
  };
}

/** Sorts nodemailer's errors into the vocabulary of all channels. `bodyBegun`: the text may have been taken. */
export function classifySmtp(error: NodemailerError, bodyBegun: boolean): Outcome {
  const { code = '', originalCode = '', command = '', responseCode, permanent } = error;
  const detail = errorMessage(error);
  if (isCertificateError(originalCode) || isCertificateError(code)) return { class: 'config', detail };
  if (responseCode !== undefined && permanent !== true) return { class: 'transient', detail };
  switch (code) {
    case 'EAUTH':
    case 'ENOAUTH':
    case 'ECONFIG':
    case 'EREQUIRETLS':
      return { class: 'config', detail };
    case 'ETLS':
      return { class: permanent === true ? 'config' : 'transient', detail };
    case 'EENVELOPE':
      return { class: 'config', detail, recipientOnly: command !== 'MAIL FROM' && command !== 'DATA' };
    case 'EMESSAGE':
      return { class: 'payload', detail };
    default:
      if (permanent === true) return { class: 'config', detail };
      return { class: bodyBegun ? 'ambiguous' : 'transient', detail };
  }
}

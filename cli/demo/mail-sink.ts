import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { PgfleetError } from '../../lib/errors.ts';

export interface Mail {
  /** The .eml file. */
  readonly file: string;
  /** Decoded, on one line; empty without a Subject header. */
  readonly subject: string;
  readonly to: readonly string[];
}

export interface MailSink {
  readonly port: number;
  close(): Promise<void>;
}

const KEPT_MAILS = 500;

/**
 * An SMTP server on 127.0.0.1 that delivers nothing: each mail becomes a file of the folder, which mail
 * programs open. Accepts any sender and recipient, no login and no TLS.
 */
export async function startMailSink(options: {
  readonly port: number;
  readonly folder: string;
  readonly onMail?: (mail: Mail) => void;
}): Promise<MailSink> {
  const { folder, onMail } = options;
  await mkdir(folder, { recursive: true });
  let count = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, callback) {
      buffer(stream)
        .then(async (message) => {
          count += 1;
          const mail = await store(folder, message, count, session.envelope.rcptTo);
          onMail?.(mail);
          callback();
        })
        .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error))));
    },
  });
  // Broken client connections are the clients' affair.
  server.on('error', () => undefined);
  server.listen(options.port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  if (address === null || typeof address === 'string') {
    throw new PgfleetError('internal', 'expected a TCP address from the mail sink');
  }
  return {
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function store(
  folder: string,
  message: Buffer,
  count: number,
  recipients: readonly { readonly address: string }[],
): Promise<Mail> {
  const subject = subjectOf(message.toString('utf8'));
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const title = subject.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
  const file = join(folder, `${stamp}-${String(count).padStart(4, '0')}-${title}.eml`);
  await writeFile(file, message);
  await dropOldest(folder);
  return { file, subject, to: recipients.map(({ address }) => address) };
}

async function dropOldest(folder: string): Promise<void> {
  const mails = (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort();
  await Promise.all(mails.slice(0, -KEPT_MAILS).map((name) => rm(join(folder, name), { force: true })));
}

/** The Subject header: folded lines joined, encoded words (RFC 2047, UTF-8) decoded. */
export function subjectOf(message: string): string {
  const [head = ''] = message.split(/\r?\n\r?\n/, 1);
  const subject = /^subject:[ \t]*(?<text>.*(?:\r?\n[ \t].*)*)/im.exec(head)?.groups?.['text'] ?? '';
  return subject
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .replaceAll(/=\?utf-8\?[bq]\?[^?]*\?=(?:\s+=\?utf-8\?[bq]\?[^?]*\?=)*/gi, decodeWords)
    .trim();
}

/** Neighbouring words are decoded together: a character's bytes may be split between two. */
function decodeWords(words: string): string {
  const parts = [...words.matchAll(/=\?utf-8\?(?<form>[bq])\?(?<text>[^?]*)\?=/gi)];
  return Buffer.concat(
    parts.map(({ groups: { form = '', text = '' } = {} }) =>
      form.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQ(text),
    ),
  ).toString('utf8');
}

function decodeQ(text: string): Buffer {
  const bytes = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

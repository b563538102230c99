import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  readonly mail: Email;
  readonly raw: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

export interface SmtpHost {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Replies to RCPT TO by recipient, such as "451 4.7.1 try later"; taken away by the test. */
  readonly refuse: Map<string, string>;
  /** Reply at the end of the text instead of 250; `hang` for none at all. */
  atEnd: string | undefined;
  close(): Promise<void>;
}

export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  /** Path of the certificate, which is its own authority. */
  readonly file: string;
}

/** A fresh certificate for localhost that only who knows it trusts. */
export function makeCertificate(folder: string): TestCertificate {
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const arguments_ = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    keyFile,
    '-out',
    file,
  ];
  execFileSync('openssl', [...arguments_, ...subject], { stdio: 'pipe' });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(file, 'utf8'), file };
}

/** A real SMTP server on a free port that keeps what it receives. */
export async function startSmtp(
  settings: { user?: string; password?: string; certificate?: TestCertificate; implicitTls?: boolean } = {},
): Promise<SmtpHost> {
  const { user, password, certificate, implicitTls = false } = settings;
  const mails: ReceivedMail[] = [];
  const refuse = new Map<string, string>();
  const options: SMTPServerOptions = {
    secure: implicitTls,
    ...(certificate === undefined
      ? { disabledCommands: ['STARTTLS', ...(user === undefined ? ['AUTH' as const] : [])] }
      : { key: certificate.key, cert: certificate.cert }),
    allowInsecureAuth: certificate === undefined,
    authOptional: user === undefined,
    onAuth(auth, _session, callback) {
      if (auth.username === user && auth.password === password) callback(null, { user: auth.username });
      else callback(failure('535 5.7.8 authentication failed'));
    },
    onRcptTo(address, _session, callback) {
      const reply = refuse.get(address.address);
      callback(reply === undefined ? null : failure(reply));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (host.atEnd === 'hang') return;
        if (host.atEnd !== undefined) {
          callback(failure(host.atEnd));
          return;
        }
        const raw = Buffer.concat(chunks).toString('utf8');
        PostalMime.parse(raw)
          .then((mail) => {
            const to = session.envelope.rcptTo.map(({ address }) => address);
            mails.push({ to, mail, raw, encrypted: session.secure, user: session.user });
            callback(null);
          })
          .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error))));
      });
    },
  };
  const server = new SMTPServer(options);
  // A client that hangs up in the middle is what some tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const host: SmtpHost = {
    port: (server.server.address() as AddressInfo).port,
    mails,
    refuse,
    atEnd: undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return host;
}

/** "451 4.7.1 try later" as the error smtp-server turns into that reply. */
function failure(reply: string): Error {
  const [, code, text] = /^(\d{3}) (.*)$/.exec(reply) ?? [];
  return Object.assign(new Error(text), { responseCode: Number(code) });
}

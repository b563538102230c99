import { connect, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import {
  GSS_REQUEST,
  judgeVersionError,
  MAX_ANSWER_BYTES,
  readStartupAnswer,
  SSL_REQUEST,
  type StartupAnswer,
  UNKNOWN_VERSION,
  type VersionVerdict,
} from './formats/startup-answer.ts';
import type { ProbeAnswer, ScanTarget, TlsFacts } from './technique.ts';

export interface ProbeAddressOptions {
  /** Longest life of one connection. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Awaited before every connection: keeps the pace and the record. A rejection means not to connect. */
  beforeConnect(purpose: 'tls' | 'version'): Promise<void>;
}

/**
 * Asks an address whether PostgreSQL answers there, without a user name, a password or a held connection.
 * Undefined when nothing does. Level 1 asks for TLS and, when it is granted, completes the handshake and says
 * goodbye, so that the server logs nothing; level 2 also sends an unknown protocol version, which it logs once.
 */
export async function probeAddress(
  target: ScanTarget,
  options: ProbeAddressOptions,
): Promise<ProbeAnswer | undefined> {
  const first = await askForTls(target, options);
  if (first === undefined) return undefined;
  const verdict: VersionVerdict =
    target.level === 2 ? await askForVersion(target, options) : { kind: 'pgwire', majors: undefined };
  return { ...verdict, tls: first.tls };
}

async function askForTls(
  target: ScanTarget,
  options: ProbeAddressOptions,
): Promise<{ tls: TlsFacts | undefined } | undefined> {
  return withSocket(target, 'tls', options, async (socket) => {
    const answer = await ask(socket, SSL_REQUEST);
    if (answer?.kind === 'tls') return { tls: await finishTls(socket) };
    // An error instead of a letter comes from relatives that know no TLS.
    return answer?.kind === 'no-tls' || answer?.kind === 'error' ? { tls: undefined } : undefined;
  });
}

/**
 * GSSAPI first and then the version, on one connection: PostgreSQL 10 and 11 answer the first with the error
 * that tells their version, later ones go on to the second, so each logs one line. One that grants GSSAPI
 * expects a handshake, so it is asked again on a new connection.
 */
async function askForVersion(target: ScanTarget, options: ProbeAddressOptions): Promise<VersionVerdict> {
  const unknown: VersionVerdict = { kind: 'pgwire', majors: undefined };
  const asked = await withSocket(target, 'version', options, async (socket) => {
    const gss = await ask(socket, GSS_REQUEST);
    const answer = gss?.kind === 'no-tls' ? await ask(socket, UNKNOWN_VERSION) : gss;
    return { gss: gss?.kind, answer };
  });
  if (asked === undefined) return unknown;
  const { gss, answer } = asked;
  const final =
    gss === 'gss'
      ? await withSocket(target, 'version', options, (socket) => ask(socket, UNKNOWN_VERSION))
      : answer;
  return final?.kind === 'error' ? judgeVersionError(final.fields, gss) : unknown;
}

/** Sends a request and reads its answer; undefined when the connection ends before it is complete. */
function ask(socket: Socket, request: Uint8Array): Promise<StartupAnswer | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const finish = (answer: StartupAnswer | undefined) => {
      socket.off('data', onData).off('close', onClose);
      socket.pause();
      resolve(answer);
    };
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = readStartupAnswer(received);
      if (answer.kind !== 'more') finish(answer);
      else if (received.length > MAX_ANSWER_BYTES) finish({ kind: 'foreign' });
    };
    const onClose = () => finish(undefined);
    socket.on('data', onData).on('close', onClose);
    socket.resume();
    socket.write(request);
  });
}

/** A handshake that fails is logged by the server, so that old ones are met as far down as OpenSSL goes. */
const OLD_TLS_TOO = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

/** Completes the handshake, notes the certificate and closes TLS in order, as an abrupt end would be logged. */
function finishTls(socket: Socket): Promise<TlsFacts | undefined> {
  return new Promise((resolve) => {
    // Nothing is trusted or sent: the certificate is what is looked for, and most are self-signed.
    const secured = connectTls({ socket, rejectUnauthorized: false, ...OLD_TLS_TOO });
    let facts: TlsFacts | undefined;
    secured.once('secureConnect', () => {
      facts = tlsFacts(secured);
      secured.end();
    });
    secured.once('error', () => resolve(facts));
    secured.once('close', () => resolve(facts));
    secured.resume();
  });
}

function tlsFacts(socket: TLSSocket): TlsFacts {
  // The type says it is always there; without a certificate it is an empty object.
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  const validTo = Date.parse(certificate.valid_to ?? '');
  const subject = certificate.subject?.CN;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    subject: Array.isArray(subject) ? subject.join(', ') : (subject ?? ''),
    names: (certificate.subjectaltname ?? '').split(', ').filter(Boolean),
    validTo: Number.isNaN(validTo) ? undefined : validTo,
  };
}

/** One short connection in its turn: ended by the work, the timeout or the signal, whichever comes first. */
async function withSocket<T>(
  { host, port }: ScanTarget,
  purpose: 'tls' | 'version',
  { timeoutMs, signal, beforeConnect }: ProbeAddressOptions,
  work: (socket: Socket) => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    await beforeConnect(purpose);
  } catch {
    return undefined;
  }
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    const abort = () => socket.destroy();
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    let working: Promise<T | undefined> = Promise.resolve(undefined);
    socket.once('connect', () => {
      working = work(socket).finally(() => socket.resume().end());
    });
    // Refused, unreachable, reset: nothing answers there, which is what is said.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      working.then(resolve, () => resolve(undefined));
    });
  });
}

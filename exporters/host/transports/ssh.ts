import type { Client, ClientChannel } from 'ssh2';
import { untilAborted } from '../../../lib/deadline.ts';
import { errorCode } from '../../../lib/errors.ts';
import type { SshTarget } from '../config.ts';
import { HostError, hostErrorReason } from '../host-error.ts';
import { captureScript } from './capture-script.ts';
import { CaptureStream } from './capture-stream.ts';
import { silence } from './local.ts';
import { connectSsh, type SshConnection } from './ssh-connection.ts';
import { type CaptureRequest, type CaptureText, captureArguments, type Transport } from './transport.ts';

/** First and longest pause after a failed connection; a refused login may lock the account, so it waits longer. */
const PAUSES_MS = { connect: [1000, 60_000], auth: [30_000, 300_000] } as const;
const MAX_STDERR_BYTES = 4096;

export interface SshOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** For tests. */
  readonly connect?: typeof connectSsh;
}

/**
 * Sends the script to a shell on the host, one channel per capture on one kept connection. A lost
 * connection is opened again at the next capture; after a failure not before a pause that grows.
 */
export function createSshTransport(target: SshTarget, { now, connect = connectSsh }: SshOptions): Transport {
  const closing = new AbortController();
  let connection: Promise<SshConnection> | undefined;
  let failures = 0;
  let pause: { readonly until: number; readonly error: unknown } | undefined;

  const connected = (): Promise<SshConnection> => {
    if (connection !== undefined) return connection;
    if (pause !== undefined && now() < pause.until) return Promise.reject(pause.error);
    const opening = connect(target, closing.signal);
    connection = opening;
    opening.then(
      ({ client }) => {
        failures = 0;
        pause = undefined;
        client.once('close', () => {
          if (connection === opening) connection = undefined;
        });
      },
      (error: unknown) => {
        if (connection === opening) connection = undefined;
        const [first, longest] = PAUSES_MS[hostErrorReason(error) === 'auth' ? 'auth' : 'connect'];
        pause = { until: now() + Math.min(longest, first * 2 ** failures), error };
        failures += 1;
      },
    );
    return opening;
  };

  const drop = (opened: SshConnection) => {
    connection = undefined;
    opened.destroy();
  };

  return {
    kind: 'ssh',
    description: describeTarget(target),
    run: async (request: CaptureRequest): Promise<CaptureText> => {
      const opened = await untilAborted(connected(), request.signal).catch(timeoutOf(target, 'no login'));
      const script = await captureScript();
      const sentAt = now();
      // A connection over which nothing comes is likely dead: the next capture gets a new one.
      const result = await capture(opened.client, script, request).catch((error: unknown) => {
        drop(opened);
        return timeoutOf(target, 'no answer')(error);
      });
      const receivedAt = now();
      if (result.stream.started) return { text: result.stream.text(), exchange: { sentAt, receivedAt } };
      if (result.ended === 'aborted') drop(opened);
      throw nothingCame(result, target);
    },
    close: async () => {
      closing.abort();
      const opened = await connection?.catch(() => undefined);
      if (opened !== undefined) drop(opened);
    },
  };
}

/** Names the host in the error of a deadline; others already do. */
function timeoutOf(target: SshTarget, what: string) {
  return (error: unknown): never => {
    if (errorCode(error) !== 'timeout' || error instanceof HostError) throw error;
    throw new HostError('timeout', `${describeTarget(target)}: ${what} within the budget`, { cause: error });
  };
}

interface ChannelResult {
  readonly stream: CaptureStream;
  readonly stderr: string;
  readonly code: number | undefined;
  readonly ended: 'complete' | 'closed' | 'aborted';
}

/**
 * The login shell may be any, and its start-up files may have broken PATH; `cat` reads the script at once
 * where shells read it byte by byte.
 */
const COMMAND = `exec /bin/sh -c 'PATH=/bin:/usr/bin:$PATH; eval "$(cat)"' pgfleet-capture`;

async function capture(client: Client, script: string, request: CaptureRequest): Promise<ChannelResult> {
  const command = [COMMAND, ...captureArguments(request)].join(' ');
  const channel = await untilAborted(openChannel(client, command), request.signal);
  const stream = new CaptureStream();
  let stderr = '';
  let code: number | undefined;
  const finished = new Promise<ChannelResult['ended']>((resolve) => {
    channel.on('data', (chunk: Buffer) => {
      if (stream.push(chunk)) resolve('complete');
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < MAX_STDERR_BYTES) stderr += chunk.toString('utf8');
    });
    channel.once('exit', (exit: number | null) => {
      code = exit ?? undefined;
    });
    channel.once('close', () => resolve('closed'));
    client.once('close', () => resolve('closed'));
    request.signal.addEventListener('abort', () => resolve('aborted'), { once: true });
    if (request.signal.aborted) resolve('aborted');
  });
  // A channel that goes away while the script is written is told by its `close`.
  channel.on('error', () => undefined);
  channel.end(script);
  const ended = await finished;
  channel.close();
  return { stream, stderr, code, ended };
}

function openChannel(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new HostError('lost', 'the ssh connection was lost'));
    client.once('close', lost);
    try {
      client.exec(command, (error, channel) => {
        client.off('close', lost);
        if (error === undefined) resolve(channel);
        else reject(new HostError('command', 'sshd refused to run a command', { cause: error }));
      });
    } catch (error) {
      reject(new HostError('lost', 'the ssh connection was lost', { cause: error }));
    }
  });
}

function nothingCame({ ended, code, stderr, stream }: ChannelResult, target: SshTarget): HostError {
  const where = describeTarget(target);
  if (ended === 'aborted') return new HostError('timeout', `${where}: no capture within the budget`);
  const said = `${stderr}\n${stream.text().slice(0, MAX_STDERR_BYTES)}`;
  if (/password (?:has |is )?expired|password change required/i.test(said)) {
    return new HostError('auth', `${where}: the password has expired and must be changed on the host`);
  }
  if (code === undefined && said.trim() === '') {
    return new HostError('lost', `${where}: the connection was lost before the capture began`);
  }
  return new HostError('command', `${where}: ${silence(code, said)}`);
}

function describeTarget({ login, jump }: SshTarget): string {
  const via = jump === undefined ? '' : ` through ${jump.host}:${jump.port}`;
  return `ssh ${login.user}@${login.host}:${login.port}${via}`;
}

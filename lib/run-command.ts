import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { PgfleetError } from './errors.ts';

export interface RunOptions {
  readonly timeoutMs: number;
  /** Bytes kept of each output; more ends the program, as nobody will read what follows. */
  readonly maxBytes: number;
  /** Aborting kills the program; the promise is then rejected with code `timeout`. */
  readonly signal?: AbortSignal;
  /** Written to the program's input, which is closed after it. Default: no input. */
  readonly input?: string;
  /** The whole environment of the program. Default: ours. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export interface CommandResult {
  /** Exit code; null when a signal ended the program. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** An output was longer than `maxBytes`: the program was ended there. */
  readonly truncated: boolean;
  /** The program was ended by `timeoutMs`; what it had printed is here. */
  readonly timedOut: boolean;
}

/** Between SIGTERM and SIGKILL, and between the program's end and the end of outputs that others hold open. */
const GRACE_MS = 500;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});

/**
 * Runs a program without a shell, in a process group of its own that ends as a whole: nothing it
 * started outlives the call. Resolves for every exit code; rejects with PgfleetError `command` when
 * the program cannot be started and `timeout` when the signal aborts.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<CommandResult> {
  const { timeoutMs, maxBytes, signal, input, env, cwd } = options;
  if (signal?.aborted) throw aborted(file, signal);
  const child = spawn(file, args, {
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  running.add(child);
  let timedOut = false;
  const end = ending(child);
  const stdout = collect(child.stdout, maxBytes, end.now);
  const stderr = collect(child.stderr, maxBytes, end.now);
  // A program may end without reading its input: the broken pipe is not news.
  child.stdin?.on('error', () => undefined).end(input);
  const timer = setTimeout(() => {
    timedOut = true;
    end.now();
  }, timeoutMs);
  signal?.addEventListener('abort', end.now, { once: true });
  try {
    const outcome = await closed(child, file);
    if (signal?.aborted) throw aborted(file, signal);
    const truncated = stdout.truncated() || stderr.truncated();
    return { ...outcome, stdout: stdout.text(), stderr: stderr.text(), truncated, timedOut };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end.now);
    await end.completely();
    running.delete(child);
  }
}

function aborted(file: string, signal: AbortSignal): PgfleetError {
  return new PgfleetError('timeout', `${file}: ended by the caller`, { cause: signal.reason });
}

function collect(stream: NodeJS.ReadableStream | null, maxBytes: number, onTooLong: () => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (bytes < maxBytes) chunks.push(chunk.subarray(0, maxBytes - bytes));
    bytes += chunk.length;
    if (bytes > maxBytes) onTooLong();
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), truncated: () => bytes > maxBytes };
}

/** Ends the group politely, then by force; `completely` also reaps what the program left in its group. */
function ending(child: ChildProcess) {
  let timer: NodeJS.Timeout | undefined;
  return {
    now: () => {
      if (timer !== undefined) return;
      signalGroup(child, 'SIGTERM');
      timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
    },
    completely: async () => {
      // Once the leader is reaped the group id stays taken as long as a member lives, so this is safe.
      if (signalGroup(child, 'SIGTERM')) {
        await sleep(GRACE_MS / 5);
        signalGroup(child, 'SIGKILL');
      }
      clearTimeout(timer);
    },
  };
}

function closed(child: ChildProcess, file: string): Promise<Pick<CommandResult, 'code' | 'signal'>> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new PgfleetError('command', `${file}: cannot be started`, { cause }));
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('exit', () => {
      // A descendant in the background may hold the outputs open for ever.
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, GRACE_MS);
      child.once('close', () => clearTimeout(timer));
    });
  });
}

/** False when nobody is left in the group. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    // ESRCH: the group has ended, which is what we wanted.
    return false;
  }
}

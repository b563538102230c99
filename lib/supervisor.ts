import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { errorMessage, PgfleetError } from './errors.ts';
import { boundToParent } from './parent-death.ts';
import { RotatingFile } from './rotating-file.ts';

export type ProcessState = 'starting' | 'running' | 'backing_off' | 'stopped';

export interface ProcessStatus {
  readonly name: string;
  readonly state: ProcessState;
  readonly pid: number | undefined;
  /** Starts after the first one. */
  readonly restarts: number;
  /** How the last run ended: "exit code 1", "SIGKILL"; undefined while the first one lives. */
  readonly lastExit: string | undefined;
  /** Until the next start, while backing off. */
  readonly retryMs: number | undefined;
}

export interface ProcessSpec {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Outputs go here, rotated at 10 MB, three old ones kept. */
  readonly logFile: string;
  /** Asked again and again after each start until true. Default: a started process is ready. */
  readonly ready?: () => Promise<boolean>;
  /** Default 60 s. */
  readonly readyTimeoutMs?: number;
  /** Between SIGTERM and SIGKILL. Default 15 s. */
  readonly stopTimeoutMs?: number;
  readonly backoff?: Backoff;
  readonly onChange?: (status: ProcessStatus) => void;
}

/** Restart n waits `firstMs` times 2 to the n, at most `maxMs`, shifted at random by up to a fifth. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** A run of this length counts as healthy: the next failure starts again at `firstMs`. */
  readonly healthyMs: number;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 1_000, maxMs: 60_000, healthyMs: 60_000 };
const READY_PAUSE_MS = 100;
const LOG_LIMITS = { maxBytes: 10_000_000, kept: 3 };

/**
 * Keeps one program running: starts it in a process group of its own, waits until it is ready, starts it
 * again with growing pauses when it ends, and ends the whole group when told to, or when we exit.
 */
export class SupervisedProcess {
  readonly #spec: ProcessSpec;
  readonly #backoff: Backoff;
  readonly #onExit = () => this.#signal('SIGKILL');
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #state: ProcessState = 'stopped';
  #restarts = 0;
  #failures = 0;
  #lastExit: string | undefined;
  #retryMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(spec: ProcessSpec) {
    this.#spec = spec;
    this.#backoff = spec.backoff ?? DEFAULT_BACKOFF;
  }

  status(): ProcessStatus {
    return {
      name: this.#spec.name,
      state: this.#state,
      pid: this.#child?.pid,
      restarts: this.#restarts,
      lastExit: this.#lastExit,
      retryMs: this.#retryMs,
    };
  }

  /**
   * Starts the program and resolves when it is ready; from then on it is kept running. Rejects, with the
   * end of its log, when this first start fails: a program that never ran is better not tried again.
   */
  async start(): Promise<void> {
    this.#stopping = false;
    process.once('exit', this.#onExit);
    try {
      await this.#run();
    } catch (error) {
      await this.stop();
      throw new PgfleetError('command', this.#describeFailure(error), { cause: error });
    }
  }

  /** SIGTERM to the group, SIGKILL when the time is over; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#signal('SIGTERM');
    const force = setTimeout(() => this.#signal('SIGKILL'), this.#spec.stopTimeoutMs ?? 15_000);
    await this.#gone;
    clearTimeout(force);
    process.off('exit', this.#onExit);
    this.#change('stopped');
  }

  /** SIGKILL to the group at once, for a user who does not want to wait. */
  async kill(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#signal('SIGKILL');
    await this.stop();
  }

  async #run(): Promise<void> {
    const { file, args, env, cwd, logFile } = this.#spec;
    this.#change('starting');
    const log = new RotatingFile(logFile, LOG_LIMITS);
    const [program = file, ...rest] = boundToParent([file, ...args], 'SIGTERM');
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#child = child;
    const started = Date.now();
    child.stdout.on('data', (chunk: Buffer) => log.write(chunk));
    child.stderr.on('data', (chunk: Buffer) => log.write(chunk));
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(errorMessage(error)));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    // Whoever it started is in its group and goes with it, or would hold the outputs open.
    child.once('exit', () => this.#signal('SIGKILL'));
    this.#gone = ended.then((how) => {
      this.#child = undefined;
      this.#lastExit = how;
      log.close();
    });
    await this.#untilReady(this.#gone);
    this.#change('running');
    this.#keep(started);
  }

  async #untilReady(gone: Promise<void>): Promise<void> {
    const { ready, readyTimeoutMs = 60_000 } = this.#spec;
    const deadline = Date.now() + readyTimeoutMs;
    let ended = false;
    const end = gone.then(() => {
      ended = true;
    });
    // At least one pause: a program that ends at once must not count as started.
    do {
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise((resolve) => {
        timer = setTimeout(resolve, READY_PAUSE_MS);
      });
      await Promise.race([end, pause]);
      clearTimeout(timer);
      if (ended) throw new PgfleetError('command', `ended with ${this.#lastExit} before it was ready`);
      if (Date.now() > deadline) {
        throw new PgfleetError('timeout', `was not ready within ${readyTimeoutMs / 1000} s`);
      }
    } while (ready !== undefined && !(await ready().catch(() => false)));
  }

  /** Waits for the end of a run and starts the next one. */
  #keep(started: number): void {
    void this.#gone.then(() => {
      if (this.#stopping) return;
      if (Date.now() - started >= this.#backoff.healthyMs) this.#failures = 0;
      const { firstMs, maxMs } = this.#backoff;
      const jitter = 0.8 + Math.random() * 0.4;
      this.#retryMs = Math.min(maxMs, firstMs * 2 ** this.#failures) * jitter;
      this.#failures += 1;
      this.#change('backing_off');
      this.#timer = setTimeout(() => void this.#again(), this.#retryMs);
    });
  }

  async #again(): Promise<void> {
    if (this.#stopping) return;
    this.#restarts += 1;
    const started = Date.now();
    try {
      await this.#run();
    } catch {
      // Not ready, or ended: `lastExit` and the log say how; the next try follows.
      this.#signal('SIGKILL');
      this.#keep(started);
    }
  }

  #change(state: ProcessState): void {
    if (state !== 'backing_off') this.#retryMs = undefined;
    this.#state = state;
    this.#spec.onChange?.(this.status());
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: nobody is left in the group, which is what a signal is sent for here.
      return;
    }
  }

  #describeFailure(error: unknown): string {
    const { name, logFile } = this.#spec;
    const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
    return `${name} ${errorMessage(error)}; its log (${logFile}) ends with:\n${tail}`;
  }
}

/** Readiness by HTTP: true when the URL answers 2xx within a second. */
export function answersHttp(url: string): () => Promise<boolean> {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.ok;
  };
}

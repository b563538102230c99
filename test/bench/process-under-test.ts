import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that is measured from outside: its CPU time and memory as the kernel counts them. */
export class ProcessUnderTest {
  readonly #child: ChildProcess;
  #output = '';

  constructor(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-4000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  /** Waits until a page answers 200. Throws with the last output of the program when it does not. */
  async ready(url: string, timeoutMs = 60_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (performance.now() < end) {
      const ok = await fetch(url).then(
        (response) => response.ok,
        () => false,
      );
      if (ok) return;
      if (this.#child.exitCode !== null) break;
      await sleep(100);
    }
    throw new Error(`${url} does not answer; the program says: ${this.#output}`);
  }

  /** User and system time used so far, in seconds. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    // The command's name, which may hold spaces, ends with the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
  }

  /** Resident memory now, in bytes. */
  rssBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

const CLOCK_TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export interface Fetched {
  readonly text: string;
  readonly seconds: number;
}

/** One scrape, as Prometheus does it: gzip, a scrape timeout, the body read to its end. */
export async function scrape(url: string, timeoutSeconds = 60): Promise<Fetched> {
  const startedAt = performance.now();
  const response = await fetch(url, {
    headers: {
      accept: 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'accept-encoding': 'gzip',
      'x-prometheus-scrape-timeout-seconds': String(timeoutSeconds),
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}: ${text.slice(0, 200)}`);
  return { text, seconds: (performance.now() - startedAt) / 1000 };
}

/** Samples of an exposition by family name, histograms' parts apart. */
export function samplesByName(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const name = /^[^{\s]+/.exec(line)?.[0] ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import PostalMime, { type Email } from 'postal-mime';
import { freePort } from '../../cli/demo/free-port.ts';

/** A running `npm start`, as somebody at a terminal has it: real ports, real data folder, its words in `output`. */
export class PgfleetUp {
  readonly dataDir: string;
  readonly url: string;
  readonly prometheus: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(dataDir: string, ports: readonly number[]) {
    const [own, prometheus, alertmanager, grafana] = ports.map((port) => `127.0.0.1:${port}`);
    this.dataDir = dataDir;
    this.url = `http://${own}`;
    this.prometheus = `http://${prometheus}`;
    this.#args = [
      ...['--demo', '--data-dir', dataDir, '--listen', `${own}`, '--prometheus-listen', `${prometheus}`],
      ...['--alertmanager-listen', `${alertmanager}`, '--grafana-listen', `${grafana}`],
    ];
  }

  static async prepare(): Promise<PgfleetUp> {
    const dataDir = mkdtempSync(join(tmpdir(), 'pgfleet-e2e-'));
    // PostgreSQL runs as another user when we are root, and must reach its data.
    chmodSync(dataDir, 0o755);
    const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
    return new PgfleetUp(dataDir, ports);
  }

  get output(): string {
    return this.#output;
  }

  get demoFolder(): string {
    return join(this.dataDir, 'demo');
  }

  /** Starts it and resolves when it has printed its table. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['scripts/start.mjs', ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    await this.says(/^ {2}Stop +Ctrl-C$/m, 240_000);
  }

  /** Resolves when it has said so; rejects with all it said when it ended or the time is over. */
  async says(pattern: RegExp, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!pattern.test(this.#output)) {
      const ended = this.#child === undefined || this.#child.exitCode !== null;
      if (ended || Date.now() > deadline) {
        throw new Error(`expected ${pattern}, found${ended ? ' (it has ended)' : ''}:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** What Prometheus scrapes, and whether the last scrape of each answered. */
  async targets(): Promise<readonly { health: string; scrapeUrl: string; lastError: string }[]> {
    const response = await fetch(`${this.prometheus}/api/v1/targets?state=active`);
    const { data } = (await response.json()) as {
      data: { activeTargets: { health: string; scrapeUrl: string; lastError: string }[] };
    };
    return data.activeTargets;
  }

  async page(url: string): Promise<string> {
    return (await fetch(url)).text();
  }

  /** The state that the status page shows for a server or host. */
  async statusOf(name: string): Promise<string> {
    const page = await this.page(`${this.url}/?lang=en`);
    const row = page.split('<tr').find((text) => text.includes(`explain?target=${name}"`)) ?? '';
    const [, state] = /<span class="state">(.*?)<\/span>/s.exec(row) ?? [];
    if (state === undefined) throw new Error(`expected ${name} on the status page, found:\n${page}`);
    return state.replaceAll(/<[^>]*>/g, '').trim();
  }

  /** The first mail with such a subject in the demo's mail folder, waiting for it. */
  async mail(subject: RegExp, timeoutMs: number): Promise<Email> {
    const folder = join(this.demoFolder, 'mail');
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const files = readdirSync(folder).filter((name) => name.endsWith('.eml'));
      const mails = await Promise.all(
        files.map((name) => PostalMime.parse(readFileSync(join(folder, name)))),
      );
      const found = mails.find((mail) => subject.test(mail.subject ?? ''));
      if (found !== undefined) return found;
      if (Date.now() > deadline) {
        throw new Error(
          `expected a mail ${subject}, found ${JSON.stringify(mails.map((mail) => mail.subject))}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** Ctrl-C: to the whole group, as a terminal does. */
  interrupt(): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, 'SIGINT');
  }

  /** SIGHUP to the program itself, as a service manager sends it. */
  hangUp(): void {
    this.#child?.kill('SIGHUP');
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  /** Command lines that name its data folder: whatever it started that still runs. */
  processes(): string[] {
    return running()
      .map(({ command }) => command)
      .filter((command) => command.includes(this.dataDir));
  }

  /** SIGKILL to a program it runs beside itself, found by its configuration file. */
  killCompanion(name: string): void {
    const config = join(this.dataDir, 'generated', `${name}.yml`);
    for (const { pid, command } of running()) if (command.includes(config)) process.kill(pid, 'SIGKILL');
  }

  /** SIGKILL to the program alone: it has no chance to clean up. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Ends what still runs and removes the data. */
  async dispose(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) {
      this.interrupt();
      this.interrupt();
      await this.ended();
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

function running(): { pid: number; command: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({ pid: Number(pid), command: commandLine(pid) }));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // Ended between listing and reading.
    return '';
  }
}

/**
 * Source: /proc/PID/{comm,status,cmdline,cwd,exe,fd,net/tcp,net/tcp6,cgroup} of postmasters and PgBouncer
 * Shape:  a postmaster is a process called postgres whose parent is not; its working directory is its data
 *         directory; its listening sockets are those of its network namespace that it holds open
 * Needs:  root, or the user that runs the servers; others see command lines only
 * Absent when: nothing runs
 */
import { PgfleetError } from '../../../lib/errors.ts';
import { isServerProcess, readDataDirectory } from '../data-directory.ts';
import { onEachMachine, type ReportGap } from '../each-machine.ts';
import { type Listener, parseProcNetTcp } from '../formats/proc-net.ts';
import type { MachineFiles } from '../machine-files.ts';
import type { Machine, Place, Sighting, Technique } from '../technique.ts';

export const technique = {
  name: 'processes',
  help: 'Running postmasters and PgBouncers of readable machines, with their sockets and data directories.',
  discover: (context) =>
    onEachMachine(context, async function* (machine, report) {
      for (const pid of await machine.files.names('/proc')) {
        const process = /^\d+$/.test(pid) ? new ProcessReader(machine, pid, report) : undefined;
        const sighting = await process?.sighting();
        if (sighting !== undefined) yield sighting;
      }
    }),
} satisfies Technique;

/** Reads one process; what may not be read is a gap, not an end. */
class ProcessReader {
  readonly #machine: Machine;
  readonly #files: MachineFiles;
  readonly #pid: string;
  readonly #report: ReportGap;

  constructor(machine: Machine, pid: string, report: ReportGap) {
    this.#machine = machine;
    this.#files = machine.files;
    this.#pid = pid;
    this.#report = report;
  }

  async sighting(): Promise<Sighting | undefined> {
    const comm = (await this.#text('comm'))?.trim();
    if (comm === 'pgbouncer') return this.#bouncer();
    if (!(await isServerProcess(this.#files, this.#pid)) || (await this.#hasServerParent())) return undefined;
    return isBootstrap(await this.#command()) ? undefined : this.#postmaster();
  }

  async #bouncer(): Promise<Sighting> {
    const command = await this.#command();
    const details = { ...(await this.#commonDetails()), command: command.join(' ') };
    return { ...(await this.#where()), kind: 'pgbouncer', state: 'running', details };
  }

  async #postmaster(): Promise<Sighting> {
    const command = await this.#command();
    const cwd = await this.#link('cwd');
    const path = cwd ?? optionOf(command, '-D');
    const directory =
      path === undefined ? undefined : await readDataDirectory(this.#files, this.#path('cwd'), path);
    this.#report(...(directory?.unreadable ?? []));
    const where = await this.#where();
    const places = where.places.length > 0 ? where.places : portOf(command, directory?.postmaster?.port);
    return {
      ...where,
      places,
      kind: 'postgresql',
      state: 'running',
      dataDirectory: path,
      directoryIdentity: directory?.identity,
      systemIdentifier: directory?.systemIdentifier,
      majors: directory?.major === undefined ? undefined : { from: directory.major, to: directory.major },
      clusterState: directory?.clusterState,
      details: await this.#commonDetails(),
    };
  }

  async #hasServerParent(): Promise<boolean> {
    const parent = /^PPid:\s*(?<pid>\d+)/m.exec((await this.#text('status')) ?? '')?.groups?.['pid'];
    return parent !== undefined && isServerProcess(this.#files, parent);
  }

  async #commonDetails(): Promise<Record<string, string>> {
    const binary = await this.#link('exe');
    const uid = /^Uid:\s*(?<uid>\d+)/m.exec((await this.#text('status')) ?? '')?.groups?.['uid'];
    return {
      pid: this.#pid,
      ...(binary === undefined ? {} : { binary }),
      ...(uid === undefined ? {} : { uid }),
    };
  }

  /** Machine, container and places; inside a container the places are those of its own network. */
  async #where(): Promise<Pick<Sighting, 'machine' | 'container' | 'places'>> {
    const container = /(?:^|[/:-])(?<id>[0-9a-f]{64})(?:\.scope)?$/m.exec((await this.#text('cgroup')) ?? '');
    const own = await this.#link('ns/net');
    const ours = await this.#try(this.#files.link('/proc/self/ns/net'));
    const shared = own === undefined || ours === undefined || own === ours;
    return {
      machine: this.#machine.name,
      container: container?.groups?.['id'],
      places: shared ? await this.#places() : [],
    };
  }

  /** The sockets it listens on, by the inodes of its open files. */
  async #places(): Promise<Place[]> {
    const inodes = await this.#socketInodes();
    if (inodes.size === 0) return [];
    const listeners: Listener[] = [];
    for (const file of ['net/tcp', 'net/tcp6'])
      listeners.push(...parseProcNetTcp((await this.#text(file)) ?? ''));
    return listeners
      .filter(({ inode }) => inodes.has(inode))
      .map(({ address, port }) => ({ host: address, port }));
  }

  async #socketInodes(): Promise<Set<string>> {
    const inodes = new Set<string>();
    for (const name of (await this.#try(this.#files.names(this.#path('fd')))) ?? []) {
      const inode = /^socket:\[(?<inode>\d+)\]$/.exec((await this.#link(`fd/${name}`)) ?? '');
      if (inode?.groups?.['inode'] !== undefined) inodes.add(inode.groups['inode']);
    }
    return inodes;
  }

  async #command(): Promise<string[]> {
    return ((await this.#text('cmdline')) ?? '').split('\0').filter((word) => word !== '');
  }

  #text(name: string): Promise<string | undefined> {
    return this.#try(this.#files.text(this.#path(name)));
  }

  #link(name: string): Promise<string | undefined> {
    return this.#try(this.#files.link(this.#path(name)));
  }

  #path(name: string): string {
    return `/proc/${this.#pid}/${name}`;
  }

  async #try<T>(read: Promise<T>): Promise<T | undefined> {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof PgfleetError)) throw error;
      this.#report(error);
      return undefined;
    }
  }
}

/** The passes of initdb and single-user mode are the same program, and listen nowhere. */
function isBootstrap([, mode = '']: readonly string[]): boolean {
  return ['--boot', '--check', '--single', '--describe-config'].includes(mode);
}

/** Value of `-D /data`, `-D/data` or `-p 5433` on a command line. */
function optionOf(command: readonly string[], option: string): string | undefined {
  const index = command.findIndex((word, at) => at > 0 && word.startsWith(option));
  const word = command[index];
  if (word === undefined) return undefined;
  return word === option ? command[index + 1] : word.slice(option.length);
}

/** Without a look at its sockets: the port that postmaster.pid or the command line names, on this machine at least. */
function portOf(command: readonly string[], written: number | undefined): Place[] {
  const port = written ?? Number(optionOf(command, '-p') ?? Number.NaN);
  return port > 0 && port <= 65_535 ? [{ host: '127.0.0.1', port }] : [];
}

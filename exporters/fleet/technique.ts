import { PgfleetError } from '../../lib/errors.ts';
import type { ClusterState } from './formats/pg-control.ts';
import type { MajorRange, ServerKind } from './formats/startup-answer.ts';
import type { MachineFiles } from './machine-files.ts';

/**
 * THE contract of discovery: one file of discovery/ per way of finding instances, which exports its
 * `technique`. It reads through the context only, contacts nothing the context does not hand it, and
 * emits what it sees; who is registered, and who is the same, is decided over all sightings together.
 */
export interface Technique {
  /** Equals the file name without `.ts`; the value of the `technique` label. */
  readonly name: string;
  /** One sentence for people: where it looks. */
  readonly help: string;
  /**
   * Emits sightings as they come. What cannot be read is a gap, reported through the context; it throws
   * PgfleetError only when it cannot work at all.
   */
  discover(context: DiscoveryContext): AsyncIterable<Sighting>;
}

/** Something that looks like a PostgreSQL server or a relative of it, as one technique saw it. */
export interface Sighting {
  readonly kind: ServerKind;
  /** `referenced`: somebody else names it; whether it runs was not looked at. */
  readonly state: 'running' | 'stopped' | 'referenced';
  /** Name of the machine it lies on; undefined when only an address is known. */
  readonly machine?: string | undefined;
  /** Where it answers or would answer, as clients see it. */
  readonly places: readonly Place[];
  readonly dataDirectory?: string | undefined;
  /** Tells two names of one data directory from two directories; see MachineFiles. */
  readonly directoryIdentity?: string | undefined;
  /** Port in its configuration: where a stopped server would listen. */
  readonly configuredPort?: number | undefined;
  readonly systemIdentifier?: string | undefined;
  readonly majors?: MajorRange | undefined;
  readonly role?: 'primary' | 'standby' | undefined;
  readonly clusterState?: ClusterState | undefined;
  /** Id of the container it runs in, where one is known. */
  readonly container?: string | undefined;
  /** Name of the registry entry it was reached by, when it was reached by one. */
  readonly server?: string | undefined;
  /** Further facts for people: binary, unit, certificate, who refers to it. */
  readonly details: Readonly<Record<string, string>>;
}

/** An address of a server; the port is unknown for a standby seen from its primary. */
export interface Place {
  readonly host: string;
  readonly port: number | undefined;
}

/** Everything a technique may look at. */
export interface DiscoveryContext {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly machines: readonly Machine[];
  readonly servers: readonly KnownServer[];
  readonly poolers: readonly KnownPooler[];
  readonly patronis: readonly KnownPatroni[];
  readonly hosts: readonly RemoteHost[];
  /** Networks that may be probed; empty unless the configuration lists them. */
  readonly scan: NetworkScan | undefined;
  /** Reports what could not be looked at. */
  gap(gap: Gap): void;
}

/** A machine whose files can be read. */
export interface Machine {
  readonly name: string;
  readonly files: MachineFiles;
  /** Further patterns of data directories to look at, beside the usual places. */
  readonly dataDirectories?: readonly string[];
  /** Asks the HTTP API of a container engine on a local socket; undefined when there is no such socket. */
  containerApi?(socket: string, path: string): Promise<string | undefined>;
}

/** A registered server answered and would not talk: a wrong password, no slot left. Whatever it is, it runs. */
export class Refusal extends PgfleetError {}

/** A registered server that can be asked. */
export interface KnownServer {
  readonly name: string;
  readonly place: Place;
  /** Rows of one read-only statement, in the named database or the configured one. Throws PgfleetError, Refusal among them. */
  query(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>;
}

/** A registered PgBouncer whose admin console can be asked. */
export interface KnownPooler {
  readonly name: string;
  readonly place: Place;
  /** Rows of a console command such as `SHOW DATABASES`. Throws PgfleetError, Refusal among them. */
  show(command: string): Promise<readonly Record<string, unknown>[]>;
}

/** A registered server beside which Patroni runs. */
export interface KnownPatroni {
  readonly name: string;
  readonly place: Place;
  /** Answer to GET /cluster of its REST API. Throws PgfleetError. */
  cluster(signal: AbortSignal): Promise<string>;
}

/** A declared host that is read over ssh or from a recording. */
export interface RemoteHost {
  readonly name: string;
  /** Where others reach it; undefined where only a recording of it is known. */
  readonly address: string | undefined;
  /** What runs and lies there. Throws PgfleetError. */
  look(signal: AbortSignal): Promise<RemoteLook>;
}

export interface RemoteLook {
  /** When it was recorded, in milliseconds since the epoch; undefined when it is of now. */
  readonly recordedAt: number | undefined;
  readonly servers: readonly RemoteServer[];
}

/** A server, or data without one, on a remote host. */
export interface RemoteServer {
  /** Empty where nothing tells it. */
  readonly dataDirectory: string;
  /** "15", "9.6". */
  readonly version: string | undefined;
  readonly port: number | undefined;
  readonly running: boolean;
}

/** A network probe in progress: the plan, its pace and its record. */
export interface NetworkScan {
  /** Every address and port that may be contacted; nothing else ever is. */
  targets(): Iterable<ScanTarget>;
  /** Probes one of them, in its turn. Never throws. */
  probe(target: ScanTarget, signal: AbortSignal): Promise<ProbeAnswer | undefined>;
  readonly concurrency: number;
}

export interface ScanTarget {
  readonly host: string;
  readonly port: number;
  /** 1: ask for TLS; 2: also ask for the version, which costs a line in the log of the server. */
  readonly level: 1 | 2;
}

/** What answered like PostgreSQL. */
export interface ProbeAnswer {
  readonly kind: ServerKind;
  readonly majors: MajorRange | undefined;
  readonly tls: TlsFacts | undefined;
}

export interface TlsFacts {
  readonly protocol: string;
  readonly subject: string;
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validTo: number | undefined;
}

/** Something that could not be looked at, and why. */
export interface Gap {
  /** Machine, server or network. */
  readonly where: string;
  readonly error: PgfleetError;
}

import type { Catalog } from '../../catalog/catalog.ts';
import type { CollectorDeclaration } from '../../lib/collector.ts';
import { PgfleetError } from '../../lib/errors.ts';
import type { Sample } from '../../lib/metric.ts';
import type { CaptureHeader, Section, SectionStatus } from './capture.ts';

/**
 * What is read together and equally often. `fast` costs milliseconds and is read in every scrape, and
 * `detail` with it where one of its collectors is switched on; the others run apart, at their own pace,
 * so that a hanging tool never costs the fast one.
 */
export const TIERS = ['fast', 'detail', 'inventory', 'disks', 'raid', 'ipmi', 'postgres', 'backups'] as const;
export type Tier = (typeof TIERS)[number];

/** The tiers of a scrape. */
export const SCRAPED_TIERS: readonly Tier[] = ['fast', 'detail'];

export function isScraped(tier: Tier): boolean {
  return SCRAPED_TIERS.includes(tier);
}

/** Pace and longest run of each slow tier; the pace can be set per host. */
export const SLOW_TIERS = [
  { tier: 'inventory', ttlSeconds: 6 * 3600, budgetMs: 60_000 },
  { tier: 'disks', ttlSeconds: 15 * 60, budgetMs: 240_000 },
  { tier: 'raid', ttlSeconds: 10 * 60, budgetMs: 240_000 },
  { tier: 'ipmi', ttlSeconds: 10 * 60, budgetMs: 240_000 },
  { tier: 'postgres', ttlSeconds: 2 * 60, budgetMs: 20_000 },
  { tier: 'backups', ttlSeconds: 10 * 60, budgetMs: 240_000 },
] as const;

/** A collector of one host: pure, from sections of a capture to samples. */
export interface HostCollector extends CollectorDeclaration {
  /** Names of the sections it reads; it is skipped where the capture has none of them. */
  readonly sections: readonly string[];
  readonly tier: Tier;
  /** Throws PgfleetError for a section that cannot be read or understood; what is absent gives no samples. */
  samples(input: HostInput): Iterable<Sample>;
}

/** Everything a collector may know. */
export interface HostInput {
  /** Status `missing` for a name the capture does not have. */
  section(name: string): Section;
  /** The sections whose name begins so, in the order of the capture: one per device, for instance. */
  sections(prefix: string): readonly Section[];
  readonly header: CaptureHeader;
  /** When the capture arrived here, in seconds since the epoch. */
  readonly now: number;
  readonly arrival: Arrived;
  /** Dated facts about hardware and software. */
  readonly catalog: Catalog;
  /** The cluster of the registry whose backups a stanza, a Barman server or a WAL-G configuration holds. */
  readonly clusterOf: ClusterOf;
  /** How far the clock of the target is ahead of ours; undefined where it cannot be measured. */
  readonly clock: ClockOffset | undefined;
}

export type ClusterOf = (stanza: string) => string;

/** The capture as a whole. */
export interface Arrived {
  /** How many sections went which way. */
  readonly statuses: ReadonlyMap<SectionStatus, number>;
  readonly complete: boolean;
  readonly bytes: number;
  /** Seconds from the request to the last line. */
  readonly durationSeconds: number;
  /** Whether it was made just now, over a line, and not recorded earlier. */
  readonly live: boolean;
}

export interface ClockOffset {
  readonly seconds: number;
  /** The true offset is at most this far away: half of the time the capture spent on the way. */
  readonly errorSeconds: number;
}

/**
 * The text of a section that should be there in full; undefined when the target does not have it.
 * Throws PgfleetError when it exists and could not be read, so that the collector fails visibly.
 */
export function contentOf(section: Section): string | undefined {
  const { name, status, exitCode } = section;
  switch (status) {
    case 'ok':
    case 'empty':
      return section.output;
    case 'absent':
    case 'missing':
      return undefined;
    case 'denied':
      throw new PgfleetError('permission', `section ${name}: reading it needs more privileges`);
    case 'timeout':
    case 'skipped':
      throw new PgfleetError(
        'timeout',
        `section ${name}: ${status === 'timeout' ? 'hung' : 'not reached'} on the host`,
      );
    case 'failed':
      throw new PgfleetError(
        'command',
        `section ${name}: failed on the host with code ${exitCode ?? 'unknown'}`,
      );
    case 'truncated':
    case 'corrupt':
      throw new PgfleetError('parse', `section ${name}: expected all of it, found it ${status}`);
    default:
      return status satisfies never;
  }
}

/** One file of a tree: its lines, none when it was empty or unreadable. */
export type Tree = ReadonlyMap<string, readonly string[]>;

/** The files of a tree section by path; lines that belong to no path are passed over. */
export function treeOf(content: string): Tree {
  const files = new Map<string, string[]>();
  for (const line of content.split('\n')) {
    if (!line.startsWith('/')) continue;
    const tab = line.indexOf('\t');
    const path = tab === -1 ? line : line.slice(0, tab);
    let lines = files.get(path);
    if (lines === undefined) {
      lines = [];
      files.set(path, lines);
    }
    if (tab !== -1) lines.push(line.slice(tab + 1));
  }
  return files;
}

/** A non-negative integer or decimal as the kernel prints it; undefined for anything else. */
export function kernelNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}

/** The same with a sign: temperatures, offsets. */
export function signedNumber(text: string | undefined): number | undefined {
  const value = kernelNumber(text?.replace(/^-/, ''));
  return value !== undefined && text?.startsWith('-') ? -value : value;
}

/** A file of a tree whose path a pattern matches. */
export interface MatchedFile {
  readonly groups: Readonly<Record<string, string>>;
  /** Its first line; undefined when it was empty or could not be read. */
  readonly line: string | undefined;
  readonly lines: readonly string[];
}

/** The files of a tree section whose paths match, in the order of the tree. */
export function* filesOf(section: Section, pattern: RegExp): Generator<MatchedFile> {
  for (const [path, lines] of treeOf(contentOf(section) ?? '')) {
    const groups = pattern.exec(path)?.groups;
    if (groups !== undefined) yield { groups, line: lines[0], lines };
  }
}

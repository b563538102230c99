import { PgfleetError } from '../lib/errors.ts';
import type { Catalog } from './catalog.ts';
import type { Export, ExportedProduct, ExportedRelease } from './endoflife.ts';
import type { End } from './lifecycle.ts';
import { majorOf } from './postgresql.ts';
import type { Release, ReleaseSheet } from './releases.ts';

/** Catalog files that an export renews. */
export type UpdatedSheet = 'postgresql' | 'os' | 'kernel' | 'services';

/** What an overlay file holds beside its head: an entry per version of PostgreSQL, or per product. */
export type Entries = Readonly<Record<string, object>>;

export interface CatalogUpdate {
  /** Only the files with something to write. */
  readonly entries: ReadonlyMap<UpdatedSheet, Entries>;
  /** "PostgreSQL 18: latest 18.6 -> 18.8", in the order of the export. */
  readonly changes: readonly string[];
  /** What the export says and cannot be: kept as unknown. */
  readonly contradictions: readonly string[];
}

/**
 * What an export brings to the catalog in force. `checkedOn` is the day the export is of, as 2026-11-28. Throws
 * PgfleetError `config` for an export about nothing of the catalog, older than the catalog, or of a day to come.
 */
export function planUpdate(catalog: Catalog, from: Export, checkedOn: string, now: number): CatalogUpdate {
  const day = Date.parse(`${checkedOn}T00:00:00Z`);
  if (Number.isNaN(day))
    throw new PgfleetError('config', `expected a day such as 2026-11-28, found ${checkedOn}`);
  if (day > now) throw new PgfleetError('config', `the export is of ${checkedOn}, a day to come`);
  const plan = new Plan(checkedOn, day);
  for (const product of from.products) {
    if (product.names.includes('postgresql')) plan.postgres(catalog, product);
    for (const sheet of ['os', 'kernel', 'services'] as const) plan.product(catalog[sheet], sheet, product);
  }
  if (plan.entries.size === 0) {
    const names = from.products.map(({ names: [name] }) => name).slice(0, 5);
    throw new PgfleetError('config', `the export is about nothing of the catalog: ${names.join(', ')}`);
  }
  return plan;
}

class Plan implements CatalogUpdate {
  readonly entries = new Map<UpdatedSheet, Record<string, object>>();
  readonly changes: string[] = [];
  readonly contradictions: string[] = [];
  readonly #day: string;
  readonly #at: number;

  constructor(day: string, at: number) {
    this.#day = day;
    this.#at = at;
  }

  postgres({ postgresql }: Catalog, { releases }: ExportedProduct): void {
    this.#notOlder('PostgreSQL', postgresql.checked_on);
    const majors: Record<string, object> = {};
    for (const release of releases) {
      const { version, latest } = release;
      const before = postgresql.majors[version];
      const name = `PostgreSQL ${version}`;
      const eol = this.#eol(name, release);
      if (latest !== undefined && majorOf(latest) !== version)
        throw new PgfleetError('config', `${name}: expected a minor of it, found ${latest}`);
      const older =
        latest !== undefined && before?.latest_minor !== undefined && isOlder(latest, before.latest_minor);
      if (older)
        this.contradictions.push(
          `${name}: latest ${latest} is older than ${before.latest_minor}, which stays`,
        );
      const newest = older || latest === undefined ? undefined : latest;
      this.#compare(name, before, { eol, latest: newest, knownLatest: before?.latest_minor });
      majors[version] = {
        ...optional({ released: release.released, eol, latest_minor: newest }),
        ...(newest === undefined ? {} : { minors: { [newest]: release.latestOn ?? null } }),
      };
    }
    this.entries.set('postgresql', majors);
  }

  product(sheet: ReleaseSheet, name: UpdatedSheet, product: ExportedProduct): void {
    const key = product.names.find((candidate) => sheet.products[candidate] !== undefined);
    const known = key === undefined ? undefined : sheet.products[key];
    if (key === undefined || known === undefined) return;
    this.#notOlder(known.name, known.checked_on ?? sheet.checked_on);
    const releases = product.releases.map((release) => {
      const title = `${known.name} ${release.version}`;
      const before = known.releases[release.version];
      const eol = this.#eol(title, release);
      const { codename, released, extendedUntil, latest } = release;
      this.#compare(title, before, { eol, extended: extendedUntil, latest, knownLatest: before?.latest });
      return [release.version, optional({ codename, released, eol, extended_until: extendedUntil, latest })];
    });
    const entries = this.entries.get(name) ?? {};
    entries[key] = { name: known.name, checked_on: this.#day, releases: Object.fromEntries(releases) };
    this.entries.set(name, entries);
  }

  #notOlder(name: string, checkedOn: number): void {
    if (this.#at >= checkedOn) return;
    const known = dayText(checkedOn);
    throw new PgfleetError(
      'config',
      `${name}: the export is of ${this.#day}, the catalog of ${known}: it stays`,
    );
  }

  /** An end before the beginning, or one that came and is denied, is no end: nothing is known then. */
  #eol(name: string, { released, eol, ended }: ExportedRelease): string | boolean {
    if (typeof eol !== 'string') return eol ?? 'unknown';
    if (released !== undefined && eol < released) {
      this.contradictions.push(`${name}: ends on ${eol}, before it was released on ${released}`);
      return 'unknown';
    }
    // On the day itself both are right.
    if (ended !== undefined && eol !== this.#day && ended !== eol < this.#day) {
      this.contradictions.push(
        `${name}: ends on ${eol}, and is said to ${ended ? 'have ended' : 'be supported'}`,
      );
      return 'unknown';
    }
    return eol;
  }

  #compare(name: string, before: Pick<Release, 'eol' | 'extended_until'> | undefined, after: After): void {
    const news = [
      change('end', endText(before?.eol), after.eol === undefined ? undefined : String(after.eol)),
      change('extended end', endText(before?.extended_until), after.extended?.toString()),
      change('latest', after.knownLatest, after.latest),
    ].filter((text) => text !== undefined);
    if (news.length > 0)
      this.changes.push(`${name}${before === undefined ? ' (new)' : ''}: ${news.join(', ')}`);
  }
}

interface After {
  readonly eol: string | boolean | undefined;
  readonly extended?: string | boolean | undefined;
  readonly latest: string | undefined;
  readonly knownLatest: string | undefined;
}

function change(what: string, before: string | undefined, after: string | undefined): string | undefined {
  if (after === undefined || before === after) return undefined;
  return before === undefined ? `${what} ${after}` : `${what} ${before} -> ${after}`;
}

function endText(end: End | undefined): string | undefined {
  return typeof end === 'number' ? dayText(end) : end?.toString();
}

function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function isOlder(minor: string, than: string): boolean {
  return Number(minor.split('.').at(-1)) < Number(than.split('.').at(-1));
}

function optional(fields: Readonly<Record<string, string | boolean | undefined>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

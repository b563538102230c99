import { z } from 'zod';
import { type End, endSchema, type Support, support, unknown } from './lifecycle.ts';
import { daySchema, type Head, headShape, loadSheet, type SheetFolders } from './sheet.ts';

const releaseSchema = z.strictObject({
  codename: z.string().optional(),
  released: daySchema.optional(),
  eol: endSchema.optional(),
  extended_until: endSchema.optional(),
  latest: z.string().optional(),
});

const productSchema = z.strictObject({
  name: z.string(),
  /** How /etc/os-release names it: ID, and NAME where several products share one ID. */
  os_release: z.strictObject({ ids: z.array(z.string()), name: z.string().optional() }).optional(),
  /** Where it is another day than that of the whole file. */
  checked_on: daySchema.optional(),
  releases: z.record(z.string(), releaseSchema),
});

const schema = z.strictObject({ ...headShape, products: z.record(z.string(), productSchema) });

export interface Release {
  readonly codename?: string | undefined;
  readonly released?: number | undefined;
  readonly eol?: End | undefined;
  readonly extended_until?: End | undefined;
  readonly latest?: string | undefined;
}

export interface Product {
  readonly name: string;
  readonly os_release?: { readonly ids: readonly string[]; readonly name?: string | undefined } | undefined;
  readonly checked_on?: number | undefined;
  readonly releases: Readonly<Record<string, Release>>;
}

/** A file of products with their releases: os, kernel, services, components. */
export interface ReleaseSheet extends Head {
  readonly products: Readonly<Record<string, Product>>;
}

export function loadReleases(
  name: 'os' | 'kernel' | 'services' | 'components',
  folders: SheetFolders,
): ReleaseSheet {
  return loadSheet<ReleaseSheet>(name, folders, schema, (below, overlay) => ({
    ...below,
    products: mergeRecords(below.products, overlay.products, (known, product) => ({
      ...known,
      ...product,
      releases: mergeRecords(known.releases, product.releases, (release, own) => ({ ...release, ...own })),
    })),
  }));
}

/** An overlay says what it knows better; what it leaves out stays. */
function mergeRecords<T>(
  below: Readonly<Record<string, T>>,
  overlay: Readonly<Record<string, T>>,
  merge: (below: T, own: T) => T,
): Record<string, T> {
  const merged = { ...below };
  for (const [key, own] of Object.entries(overlay)) {
    const known = below[key];
    merged[key] = known === undefined ? own : merge(known, own);
  }
  return merged;
}

export interface ReleaseSupport extends Support {
  /** "Debian 12". */
  readonly name?: string;
  readonly codename?: string;
  /** End of the extended support, paid or by volunteers; see the head of os.yml for what it means where. */
  readonly extendedUntil?: number;
  readonly latest?: string;
}

/** A release of a product of the sheet; the version may be longer than the catalog's ("8.10" finds "8"). */
export function releaseSupport(
  sheet: ReleaseSheet,
  product: string,
  version: string,
  now: number,
): ReleaseSupport {
  const known = sheet.products[product];
  if (known === undefined) return unknown(`the catalog does not know ${product}`);
  const found = findRelease(known.releases, version);
  if (found === undefined) return unknown(`the catalog does not know ${known.name} ${version}`);
  const [key, { codename, released, eol, extended_until, latest }] = found;
  return {
    ...support({ released, eol, checkedOn: known.checked_on ?? sheet.checked_on }, now),
    name: `${known.name} ${key}`,
    ...(codename === undefined ? {} : { codename }),
    ...(typeof extended_until === 'number' ? { extendedUntil: extended_until } : {}),
    ...(latest === undefined ? {} : { latest }),
  };
}

export interface OsRelease {
  /** ID of /etc/os-release. */
  readonly id: string;
  /** VERSION_ID. */
  readonly version: string;
  /** NAME, which tells CentOS Linux from CentOS Stream. */
  readonly name?: string;
}

type Systems = ReadonlyMap<string, readonly (readonly [name: string, product: Product])[]>;
const systems = new WeakMap<ReleaseSheet, Systems>();

/** Products by the ID of os-release, gathered once: every scrape of every host asks. */
function systemsOf(sheet: ReleaseSheet): Systems {
  let known = systems.get(sheet);
  if (known === undefined) {
    const all = Object.entries(sheet.products);
    const ids = new Set(all.flatMap(([, { os_release }]) => os_release?.ids ?? []));
    known = new Map(
      [...ids].map((id) => [id, all.filter(([, { os_release }]) => os_release?.ids.includes(id))]),
    );
    systems.set(sheet, known);
  }
  return known;
}

/** The support of an operating system by its /etc/os-release. Candidates that disagree give unknown. */
export function osRelease(
  sheet: ReleaseSheet,
  { id, version, name }: OsRelease,
  now: number,
): ReleaseSupport {
  const sharing = systemsOf(sheet).get(id) ?? [];
  const named = sharing.filter(([, { os_release }]) => name !== undefined && os_release?.name === name);
  const candidates = (named.length > 0 ? named : sharing)
    .map(([product]) => releaseSupport(sheet, product, version, now))
    .filter((candidate) => candidate.name !== undefined);
  const [first, ...others] = candidates;
  if (first === undefined) return unknown(`the catalog does not know ${id} ${version}`);
  if (others.every(({ status }) => status === first.status)) return first;
  return unknown(`${id} ${version} could be ${candidates.map((candidate) => candidate.name).join(' or ')}`);
}

/** The support of a kernel by `uname -r`. Right only for kernels of kernel.org, see the head of kernel.yml. */
export function kernelRelease(sheet: ReleaseSheet, uname: string, now: number): ReleaseSupport {
  const version = /^\d+\.\d+/.exec(uname)?.[0];
  if (version === undefined) return unknown(`${uname} is not a kernel release`);
  return releaseSupport(sheet, 'linux-kernel', version, now);
}

/** Where a version stands among the releases of its product. */
export interface ReleaseLine {
  /** "1.24" of 1.24.1. */
  readonly release: string;
  /** Whether its line has a later patch; undefined where the catalog does not say. */
  readonly patchMissing?: boolean;
  /** When the next line came, in milliseconds since the epoch; undefined for the newest, and where that is not known. */
  readonly supersededOn?: number;
}

/** Undefined where the catalog does not know the product or the line. */
export function releaseLine(sheet: ReleaseSheet, product: string, version: string): ReleaseLine | undefined {
  const releases = sheet.products[product]?.releases ?? {};
  const found = findRelease(releases, version);
  if (found === undefined) return undefined;
  const [release, { latest }] = found;
  const later = Object.entries(releases)
    .filter(([other]) => compareVersions(other, release) > 0)
    .map(([, { released }]) => (typeof released === 'number' ? released : Number.POSITIVE_INFINITY));
  const supersededOn = Math.min(...later);
  return {
    release,
    ...(latest === undefined ? {} : { patchMissing: compareVersions(version, latest) < 0 }),
    ...(Number.isFinite(supersededOn) ? { supersededOn } : {}),
  };
}

/** "1.9" comes before "1.10". */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  const at = left.findIndex((part, index) => part !== (right[index] ?? 0));
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? 0);
}

/** The entry of the version itself, or of its longest dotted beginning. */
function findRelease(
  releases: Readonly<Record<string, Release>>,
  version: string,
): [string, Release] | undefined {
  const parts = version.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const key = parts.slice(0, length).join('.');
    const release = releases[key];
    if (release !== undefined) return [key, release];
  }
  return undefined;
}

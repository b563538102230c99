import type { Catalog } from '../../../catalog/catalog.ts';
import { releaseLine } from '../../../catalog/releases.ts';
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { ConsoleCollector } from './console-collector.ts';
import { collector as databases } from './databases.ts';
import { collector as limits } from './limits.ts';
import { collector as lists } from './lists.ts';
import { collector as pools } from './pools.ts';
import { collector as stats } from './stats.ts';

/** The console has a handful of commands and no privileges of its own: all of them, in this order. */
export const CONSOLE_COLLECTORS: readonly ConsoleCollector[] = [stats, pools, databases, lists, limits];

export const pgbouncerUp = gauge('pgbouncer_up', 'Whether the admin console answered in this scrape.');
const pgbouncerVersion = gauge('pgbouncer_version_info', 'Version of the PgBouncer.', ['version']);

export const pgbouncerSuperseded = gauge(
  'pgfleet_pgbouncer_superseded_timestamp_seconds',
  'When the release line after that of the PgBouncer came, by the catalog: the older one gets no more fixes, as a rule.',
);
export const pgbouncerPatchMissing = gauge(
  'pgfleet_pgbouncer_patch_missing',
  'Whether the release line of the PgBouncer has a later patch, by the catalog.',
);

/** Families that say whether a PgBouncer was observed, and how old it is, whatever its collectors give. */
export const CONSOLE_SELF_METRICS = [
  pgbouncerUp,
  pgbouncerVersion,
  pgbouncerSuperseded,
  pgbouncerPatchMissing,
] as const;

/** "PgBouncer 1.18.0" and where that stands among its releases. */
export function* versionSamples(version: string, catalog: Catalog): Iterable<Sample> {
  yield pgbouncerVersion({ version }, 1);
  const number = /\d+(?:\.\d+)*/.exec(version)?.[0];
  const line = number === undefined ? undefined : releaseLine(catalog.components, 'pgbouncer', number);
  if (line?.supersededOn !== undefined) yield pgbouncerSuperseded(line.supersededOn / 1000);
  if (line?.patchMissing !== undefined) yield pgbouncerPatchMissing(Number(line.patchMissing));
}

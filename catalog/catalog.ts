import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PgfleetError } from '../lib/errors.ts';
import { projectFile } from '../lib/project-file.ts';
import { type CpuSheet, loadCpuGenerations } from './cpu-generations.ts';
import { type DriveSheet, loadDrives } from './drives.ts';
import { loadMicrocode, type MicrocodeSheet } from './microcode.ts';
import { loadPostgres, type PostgresSheet } from './postgresql.ts';
import { loadReleases, type ReleaseSheet } from './releases.ts';
import { loadServerModels, type ServerModelSheet } from './server-models.ts';
import { loadUptimeLimits, type UptimeLimitSheet } from './uptime-limits.ts';

/** Dated facts about software and hardware: every file says where they come from and when they were checked. */
export interface Catalog {
  readonly postgresql: PostgresSheet;
  readonly os: ReleaseSheet;
  readonly kernel: ReleaseSheet;
  readonly services: ReleaseSheet;
  readonly components: ReleaseSheet;
  readonly cpuGenerations: CpuSheet;
  readonly serverModels: ServerModelSheet;
  readonly drives: DriveSheet;
  readonly microcode: MicrocodeSheet;
  readonly uptimeLimits: UptimeLimitSheet;
}

/**
 * Reads the catalog pgfleet ships and, over it, the files of the same names in other folders, the later one winning.
 * Throws ConfigError with file, line and column.
 */
export function loadCatalog(overlays: readonly string[] = []): Catalog {
  const folders = { shipped: projectFile('catalog'), overlays };
  const catalog = {
    postgresql: loadPostgres(folders),
    os: loadReleases('os', folders),
    kernel: loadReleases('kernel', folders),
    services: loadReleases('services', folders),
    components: loadReleases('components', folders),
    cpuGenerations: loadCpuGenerations(folders),
    serverModels: loadServerModels(folders),
    drives: loadDrives(folders),
    microcode: loadMicrocode(folders),
    uptimeLimits: loadUptimeLimits(folders),
  };
  const names = Object.values(catalog).map((sheet: Catalog[keyof Catalog]) => sheet.catalog);
  for (const folder of overlays) checkNames(folder, names);
  return catalog;
}

/** A file that nobody reads would be a fact that its author believes in. */
function checkNames(folder: string, names: readonly string[]): void {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /\.ya?ml$/.test(file)) : [];
  const strange = files.find((file) => !names.some((name) => file === `${name}.yml`));
  if (strange === undefined) return;
  const expected = names.map((name) => `${name}.yml`).join(', ');
  throw new PgfleetError('config', `${join(folder, strange)}: expected one of ${expected}`);
}

export interface CatalogAge {
  readonly catalog: string;
  readonly ageSeconds: number;
}

/** How long ago each file was checked, at a moment in milliseconds since the epoch; the oldest part of it counts. */
export function catalogAges(catalog: Catalog, now: number): readonly CatalogAge[] {
  return Object.values(catalog).map((sheet: Catalog[keyof Catalog]) => ({
    catalog: sheet.catalog,
    ageSeconds: Math.max(0, (now - checkedOn(sheet)) / 1000),
  }));
}

/** When the oldest part of a sheet was checked. */
export function checkedOn(sheet: Catalog[keyof Catalog]): number {
  if (!('products' in sheet)) return sheet.checked_on;
  return Math.min(...Object.values(sheet.products).map((product) => product.checked_on ?? sheet.checked_on));
}

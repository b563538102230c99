import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Catalog, checkedOn, loadCatalog } from '../catalog/catalog.ts';
import { parseExport } from '../catalog/endoflife.ts';
import { type Entries, planUpdate, type UpdatedSheet } from '../catalog/update.ts';
import { errorMessage, PgfleetError } from '../lib/errors.ts';
import { catalogOverlays, updateFolder } from './catalog-folders.ts';
import { type FleetConfig, loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';

export interface UpdateRequest {
  readonly config: string;
  readonly source: string;
  /** Day of an export that does not say it. */
  readonly madeOn: string | undefined;
  readonly dryRun: boolean;
}

/** Takes over an export of endoflife.date into the data directory and prints what changed. */
export async function updateCatalog(request: UpdateRequest): Promise<number> {
  const config = await loadConfig({ file: request.config, env: process.env });
  const { text, modified } = await readSource(request.source);
  const product = /^(?<name>[a-z0-9-]+)\.json$/.exec(basename(request.source))?.groups?.['name'];
  const read = parseExport(request.source, text, product);
  const day = read.madeOn ?? request.madeOn ?? new Date(modified ?? Date.now()).toISOString().slice(0, 10);
  const catalog = loadCatalog(catalogOverlays(config));
  const { entries, changes, contradictions } = planUpdate(catalog, read, day, Date.now());
  for (const text of contradictions) progress(`contradiction: ${text}`);
  for (const text of changes) print(text);
  const counts = `${changes.length === 0 ? 'nothing' : changes.length} changed, checked on ${day}`;
  if (request.dryRun) {
    print(`${counts}; nothing was written`);
    return EXIT.ok;
  }
  writeSheets(config, request.source, day, entries);
  print(`${counts}; a running pgfleet takes it over at its next reload`);
  return EXIT.ok;
}

/** Prints every catalog file: how much it holds, how old it is, and what lies over it. */
export async function listCatalog(file: string, now: number): Promise<number> {
  const config = await loadConfig({ file, env: process.env });
  const catalog = loadCatalog(catalogOverlays(config));
  const rows = Object.values(catalog).map((sheet: Catalog[keyof Catalog]) => {
    const days = Math.floor((now - checkedOn(sheet)) / 86_400_000);
    const over = catalogOverlays(config).filter((folder) => existsSync(join(folder, `${sheet.catalog}.yml`)));
    const count = `${entryCount(sheet)} entries`;
    return [sheet.catalog, count, `checked ${days} days ago`, [sheet.source, ...over].join(' + ')];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) print(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return EXIT.ok;
}

/** Releases of all products, or whatever a file lists beside its head. */
function entryCount(sheet: Catalog[keyof Catalog]): number {
  const lists: unknown[] =
    'products' in sheet
      ? Object.values(sheet.products).map(({ releases }) => releases)
      : Object.values(sheet);
  return lists
    .filter((list) => typeof list === 'object' && list !== null)
    .reduce((count: number, list) => count + Object.keys(list ?? {}).length, 0);
}

const TIMEOUT_MS = 60_000;
/** All products together have about 5 MB. */
const MAX_BYTES = 50_000_000;

async function readSource(source: string): Promise<{ text: string; modified: number | undefined }> {
  try {
    if (!/^https?:\/\//.test(source))
      return { text: readFileSync(source, 'utf8'), modified: statSync(source).mtimeMs };
    const response = await fetch(source, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    const modified = Date.parse(response.headers.get('last-modified') ?? '');
    return { text: await bodyOf(response), modified: Number.isNaN(modified) ? undefined : modified };
  } catch (error) {
    throw new PgfleetError('connect', `${source}: ${errorMessage(error)}`, { cause: error });
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** All files are written beside their places and held to the rules before the first one is put there. */
function writeSheets(
  config: FleetConfig,
  source: string,
  day: string,
  entries: ReadonlyMap<UpdatedSheet, Entries>,
): void {
  const folder = updateFolder(config);
  const aside = `${folder}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    for (const [name, own] of entries) {
      const section = name === 'postgresql' ? 'majors' : 'products';
      const head = { catalog: name, source, licence: LICENCE, checked_on: day, confidence: 'high' };
      const complete = name === 'postgresql' ? { complete: true } : {};
      const merged = { ...writtenBefore(join(folder, `${name}.yml`), section), ...own };
      writeFileSync(
        join(aside, `${name}.yml`),
        `${NOTICE}${stringify({ ...head, ...complete, [section]: merged })}`,
      );
    }
    loadCatalog([aside]);
    mkdirSync(folder, { recursive: true });
    for (const name of entries.keys()) renameSync(join(aside, `${name}.yml`), join(folder, `${name}.yml`));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

const LICENCE = 'MIT, Copyright (c) 2020 endoflife.date contributors';
const NOTICE =
  '# Written by `pgfleet catalog update`, which writes it anew. Entries of your own: see catalog_dir in pgfleet.yml.\n';

/** The entries of an earlier import stay until an import brings newer ones of the same name. */
function writtenBefore(file: string, section: 'majors' | 'products'): Entries {
  if (!existsSync(file)) return {};
  return parse(readFileSync(file, 'utf8'))[section] ?? {};
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

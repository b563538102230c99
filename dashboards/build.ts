import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFile } from '../lib/project-file.ts';
import { loadUnits } from '../lib/units.ts';
import { buildPage, type Page } from './panels/page.ts';
import { LOCALES } from './panels/text.ts';

/** Where the committed JSON lies, one folder for each language; Grafana provisions one of them. */
export const GENERATED_DASHBOARDS = projectFile('dashboards/generated');

export interface GeneratedDashboard {
  /** Relative to the output folder: `<locale>/<id>.json`. */
  readonly path: string;
  readonly json: string;
}

/** Every page of this folder; a new file there is all it takes to add one. */
export async function loadPages(): Promise<readonly Page[]> {
  const units = await loadUnits<Page>(new URL('.', import.meta.url), 'dashboard', { except: ['build'] });
  return units.map(({ value }) => value);
}

/** All dashboards in all languages, the same bytes for the same source. */
export async function generateDashboards(): Promise<readonly GeneratedDashboard[]> {
  const pages = await loadPages();
  return LOCALES.flatMap((locale) =>
    pages.map((page) => ({
      path: `${locale}/${page.id}.json`,
      json: `${JSON.stringify(buildPage(page, locale), null, 2)}\n`,
    })),
  );
}

/** Writes all dashboards below a folder and removes what is left of dashboards that no longer exist. Returns the paths written. */
export async function buildDashboards(outDir: string = GENERATED_DASHBOARDS): Promise<readonly string[]> {
  const dashboards = await generateDashboards();
  const wanted = new Set(dashboards.map(({ path }) => path));
  for (const locale of LOCALES) {
    const folder = join(outDir, locale);
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.endsWith('.json') && !wanted.has(`${locale}/${name}`)) await rm(join(folder, name));
    }
  }
  await Promise.all(dashboards.map(({ path, json }) => writeFile(join(outDir, path), json)));
  return dashboards.map(({ path }) => join(outDir, path));
}

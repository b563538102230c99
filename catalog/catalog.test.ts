import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFile } from '../lib/project-file.ts';
import { catalogAges, loadCatalog } from './catalog.ts';
import { postgresMajor } from './postgresql.ts';
import { osRelease } from './releases.ts';

const root = mkdtempSync(join(tmpdir(), 'pgfleet-catalog-'));
afterAll(() => rmSync(root, { recursive: true }));

const NOW = Date.parse('2026-11-22T00:00:00Z');
const HEAD = 'source: our own look-up\nchecked_on: "2026-11-20"\nconfidence: high\n';

function overlay(name: string, files: Record<string, string>): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

describe('the shipped catalog', () => {
  it('names source, date and age of every file', () => {
    const ages = catalogAges(loadCatalog(), NOW);

    const files = readdirSync(projectFile('catalog')).filter((name) => name.endsWith('.yml'));
    expect(ages.map(({ catalog }) => `${catalog}.yml`).sort()).toEqual(files.sort());
    expect(ages.find(({ catalog }) => catalog === 'postgresql')?.ageSeconds).toBe(92 * 86_400);
    for (const { ageSeconds } of ages) expect(ageSeconds).toBeGreaterThanOrEqual(0);
  });

  it('has an end for every major, after its beginning, and the latest minor among the minors', () => {
    for (const [major, entry] of Object.entries(loadCatalog().postgresql.majors)) {
      expect(entry.eol, major).toBeGreaterThan(entry.released ?? Number.NaN);
      expect(Object.keys(entry.minors), major).toContain(entry.latest_minor);
      for (const minor of Object.keys(entry.minors)) expect(minor.startsWith(`${major}.`), minor).toBe(true);
    }
  });

  it('ends every release after it began', () => {
    const { os, kernel, services, components } = loadCatalog();
    for (const { products } of [os, kernel, services, components]) {
      for (const [product, { releases }] of Object.entries(products)) {
        for (const [version, { released, eol }] of Object.entries(releases)) {
          if (typeof eol !== 'number' || released === undefined) continue;
          expect(eol, `${product} ${version}`).toBeGreaterThanOrEqual(released);
        }
      }
    }
  });

  it('gives years between the first server processor and now', () => {
    const { cpuGenerations, serverModels } = loadCatalog();
    for (const { launch_year, vendor } of [...cpuGenerations.entries, ...serverModels.entries]) {
      if (launch_year === undefined) continue;
      expect(launch_year, vendor).toBeGreaterThanOrEqual(1990);
      expect(launch_year, vendor).toBeLessThanOrEqual(2026);
    }
  });
});

describe('an overlay', () => {
  it('adds and replaces entries, and keeps the date of the shipped file', () => {
    const folder = overlay('some', {
      'postgresql.yml': `catalog: postgresql\n${HEAD}majors:\n  "14": { eol: "2030-01-01" }\n  "19": { eol: "2031-11-13" }\n`,
      'os.yml': `catalog: os\n${HEAD}products:
  openeuler:
    name: openEuler
    os_release: { ids: [openEuler] }
    releases: { "22.03": { eol: "2026-03-31" } }
  debian:
    name: Debian
    releases: { "14": { eol: "2031-01-01" } }
`,
    });

    const catalog = loadCatalog([folder]);

    expect(postgresMajor(catalog.postgresql, '14', NOW).status).toBe('supported');
    expect(postgresMajor(catalog.postgresql, '19', NOW).status).toBe('supported');
    expect(postgresMajor(catalog.postgresql, '18', NOW).latestMinor).toBe('18.6');
    expect(osRelease(catalog.os, { id: 'openEuler', version: '22.03' }, NOW).status).toBe('ended');
    expect(osRelease(catalog.os, { id: 'debian', version: '14' }, NOW).status).toBe('supported');
    expect(osRelease(catalog.os, { id: 'debian', version: '12' }, NOW).status).toBe('ended');
    expect(catalogAges(catalog, NOW).find(({ catalog: name }) => name === 'postgresql')?.ageSeconds).toBe(
      92 * 86_400,
    );
  });

  it('sets the date when it covers the whole catalog', () => {
    const folder = overlay('complete', {
      'postgresql.yml': `catalog: postgresql\n${HEAD}complete: true\nmajors: {}\n`,
    });

    const ages = catalogAges(loadCatalog([folder]), NOW);

    expect(ages.find(({ catalog }) => catalog === 'postgresql')?.ageSeconds).toBe(2 * 86_400);
  });

  it.each([
    [
      'a day that does not exist',
      'majors: { "17": { eol: "2029-02-30" } }',
      /postgresql\.yml:5:\d+: majors\.17\.eol/,
    ],
    ['an unknown key', 'majors: { "17": { eof: "2029-02-28" } }', /unknown key "eof"; did you mean "eol"\?/],
    ['no majors', '', /majors: required/],
  ])('is refused with its line for %s', (what, text, message) => {
    const folder = overlay(what.replaceAll(' ', '-'), {
      'postgresql.yml': `catalog: postgresql\n${HEAD}${text}\n`,
    });

    expect(() => loadCatalog([folder])).toThrow(message);
  });

  it('is refused when it is the file of another catalog', () => {
    const folder = overlay('other', { 'postgresql.yml': `catalog: postgres\n${HEAD}majors: {}\n` });

    expect(() => loadCatalog([folder])).toThrow('expected postgresql, found postgres');
  });

  it('is refused when nobody would read it', () => {
    const folder = overlay('misnamed', { 'postgres.yml': `catalog: postgres\n${HEAD}majors: {}\n` });

    expect(() => loadCatalog([folder])).toThrow(/misnamed\/postgres\.yml: expected one of postgresql\.yml, /);
  });

  it('may be a complete copy of the shipped folder', () => {
    const folder = join(root, 'copy');
    cpSync(projectFile('catalog'), folder, { recursive: true, filter: (path) => !/\.ts$/.test(path) });

    expect(catalogAges(loadCatalog([folder]), NOW)).toEqual(catalogAges(loadCatalog(), NOW));
  });
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { catalogAges, loadCatalog } from '../../../catalog/catalog.ts';
import { postgresMajor } from '../../../catalog/postgresql.ts';
import { osRelease } from '../../../catalog/releases.ts';
import { listCatalog, updateCatalog } from '../../../cli/run-catalog.ts';

/** An export as https://endoflife.date/api/v1/products/full gives it, of which pgfleet knows two products. */
const EXPORT = {
  schema_version: '1.2.0',
  generated_at: '2026-11-27T06:00:00+00:00',
  total: 3,
  result: [
    {
      name: 'postgresql',
      aliases: ['postgres'],
      releases: [
        {
          name: '18',
          releaseDate: '2025-09-25',
          isEol: false,
          eolFrom: '2030-11-14',
          latest: { name: '18.7', date: '2026-11-10', link: null },
        },
      ],
    },
    {
      name: 'debian',
      aliases: [],
      releases: [
        { name: '14', releaseDate: '2026-11-20', isEol: false, eolFrom: '2029-11-20', latest: null },
      ],
    },
    { name: 'python', aliases: [], releases: [{ name: '3', isEol: false, eolFrom: null, latest: null }] },
  ],
};
const LEGACY = [{ cycle: '17', releaseDate: '2024-09-26', eol: '2029-11-08', latest: '17.12' }];
const NOW = Date.parse('2026-11-28T00:00:00Z');

const root = mkdtempSync(join(tmpdir(), 'pgfleet-catalog-'));
const imported = join(root, 'data', 'catalog');
const config = join(root, 'pgfleet.yml');
const servers: Server[] = [];
let output = '';

beforeEach(() => {
  output = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      output += String(text);
      return true;
    });
  }
  rmSync(join(root, 'data'), { recursive: true, force: true });
  mkdirSync(join(root, 'own'), { recursive: true });
  writeFileSync(config, 'data_dir: data\ncatalog_dir: own\n');
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(root, { recursive: true }));

function update(source: string, more: { madeOn?: string; dryRun?: boolean } = {}) {
  return updateCatalog({ config, source, madeOn: more.madeOn, dryRun: more.dryRun ?? false });
}

function file(name: string, content: unknown): string {
  const path = join(root, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function serve(body: string, status = 200): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/full`;
}

describe('pgfleet catalog update', () => {
  it('takes over an export from a URL, says what changed, and is in force from then on', async () => {
    expect(await update(await serve(JSON.stringify(EXPORT)))).toBe(0);

    expect(output).toContain('PostgreSQL 18: latest 18.6 -> 18.7\n');
    expect(output).toContain('Debian 14 (new): end 2029-11-20\n');
    const { postgresql, os } = loadCatalog([imported]);
    expect(postgresMajor(postgresql, '18', NOW)).toMatchObject({ status: 'supported', latestMinor: '18.7' });
    expect(postgresql.majors['18']?.minors['18.4']).toBeDefined();
    expect(osRelease(os, { id: 'debian', version: '14' }, NOW).status).toBe('supported');
    expect(catalogAges(loadCatalog([imported]), NOW)).toContainEqual({
      catalog: 'postgresql',
      ageSeconds: 86_400,
    });
  });

  it('adds one product in the old form to what was imported before', async () => {
    await update(file('full.json', EXPORT));

    expect(await update(file('postgresql.json', LEGACY), { madeOn: '2026-11-28' })).toBe(0);

    const { postgresql, os } = loadCatalog([imported]);
    expect(postgresMajor(postgresql, '17', NOW).latestMinor).toBe('17.12');
    expect(postgresMajor(postgresql, '18', NOW).latestMinor).toBe('18.7');
    expect(os.products['debian']?.releases['14']).toBeDefined();
  });

  it('finds nothing new in the same export', async () => {
    const source = file('full.json', EXPORT);
    await update(source);
    output = '';

    await update(source);

    expect(output).toMatch(/^nothing changed, checked on 2026-11-27;/);
  });

  it('writes nothing when asked to look only', async () => {
    await update(file('full.json', EXPORT), { dryRun: true });

    expect(output).toContain('PostgreSQL 18: latest 18.6 -> 18.7\n');
    expect(output).toContain('nothing was written');
    expect(() => readdirSync(imported)).toThrow('ENOENT');
  });

  it.each([
    ['half of a file', JSON.stringify(EXPORT).slice(0, 300)],
    ['a release without sense', JSON.stringify(EXPORT).replace('2029-11-20', 'soon')],
    ['an older export', JSON.stringify(EXPORT).replace('2026-11-27T', '2026-01-27T')],
  ])('leaves the catalog as it was after %s', async (_what, text) => {
    await update(file('full.json', EXPORT));
    const before = readFileSync(join(imported, 'os.yml'), 'utf8');

    await expect(update(file('broken.json', text))).rejects.toThrow();

    expect(readFileSync(join(imported, 'os.yml'), 'utf8')).toBe(before);
    expect(readdirSync(join(root, 'data'))).toEqual(['catalog']);
  });

  it('says what a server answered', async () => {
    await expect(update(await serve('gone', 404))).rejects.toThrow('HTTP status 404');
  });

  it('stays below the entries of the site', async () => {
    const own = join(root, 'own');
    const head =
      'catalog: postgresql\nsource: support contract\nchecked_on: "2026-11-20"\nconfidence: high\n';
    writeFileSync(join(own, 'postgresql.yml'), `${head}majors: { "14": { eol: "2027-11-12" } }\n`);
    await update(file('full.json', EXPORT));

    const { postgresql } = loadCatalog([imported, own]);

    expect(postgresMajor(postgresql, '14', NOW).status).toBe('supported');
    expect(postgresMajor(postgresql, '18', NOW).latestMinor).toBe('18.7');
    await listCatalog(config, NOW);
    expect(output).toMatch(/^postgresql +\d+ entries +checked 1 days ago +.*\/own$/m);
  });
});

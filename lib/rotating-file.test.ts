import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { RotatingFile } from './rotating-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-log-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('starts a new file at the limit and keeps so many old ones', () => {
  const path = join(folder, 'logs', 'a.log');
  const file = new RotatingFile(path, { maxBytes: 4, kept: 2 });

  for (const text of ['1111', '2222', '3333', '44', '4444', '5']) file.write(text);
  file.close();

  expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['a.log', 'a.log.1', 'a.log.2']);
  expect(readFileSync(path, 'utf8')).toBe('5');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('444444');
  expect(readFileSync(`${path}.2`, 'utf8')).toBe('3333');
});

it('goes on in the file of the last run, its size counted', () => {
  const path = join(folder, 'b.log');
  const options = { maxBytes: 4, kept: 1 };
  const before = new RotatingFile(path, options);
  before.write('old ');
  before.close();

  const after = new RotatingFile(path, options);
  after.write('new');
  after.close();

  expect([readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['old ', 'new']);
});

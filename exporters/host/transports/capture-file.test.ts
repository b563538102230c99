import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaptureFileTransport } from './capture-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgfleet-captures-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (place: Parameters<typeof createCaptureFileTransport>[0]) =>
  createCaptureFileTransport(place).run({
    tiers: ['fast'],
    budgetMs: 1000,
    signal: new AbortController().signal,
  });
const put = async (file: string, text: string, at: number) => {
  await writeFile(join(folder, file), text);
  await utimes(join(folder, file), at, at);
};

it('reads a file, which was recorded earlier', async () => {
  await put('one.cap', 'text', 1000);

  expect(await read({ file: join(folder, 'one.cap') })).toEqual({ text: 'text', exchange: undefined });
});

it('reads the newest capture of a folder, and none that is still on its way', async () => {
  await mkdir(join(folder, 'host'));
  await put('host/b.cap', 'older', 1000);
  await put('host/a.cap', 'newest', 2000);
  await put('host/notes.txt', 'newer', 3000);
  await put('host/.c.cap', 'half', 3000);

  expect((await read({ directory: join(folder, 'host') })).text).toBe('newest');
});

it('says what is missing', async () => {
  await mkdir(join(folder, 'empty'));

  await expect(read({ file: join(folder, 'none.cap') })).rejects.toThrow(
    /none\.cap: cannot be read \(ENOENT\)/,
  );
  await expect(read({ directory: join(folder, 'none') })).rejects.toThrow(/none: cannot be read \(ENOENT\)/);
  await expect(read({ directory: join(folder, 'empty') })).rejects.toThrow(/empty: expected a file \*\.cap/);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadUnits } from '../../lib/units.ts';
import type { ChannelType } from '../../notifier/channel.ts';
import { loadChannelTypes } from '../../notifier/config.ts';
import type { Duty } from '../../notifier/duty.ts';

const folder = (name: string) => new URL(`../../notifier/${name}/`, import.meta.url);

/** Unit files of a folder, without their tests. */
function unitNames(name: string): string[] {
  return readdirSync(folder(name))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.replace(/\.ts$/, ''));
}

describe.each(unitNames('channels'))('channel %s', (name) => {
  const source = readFileSync(new URL(`${name}.ts`, folder('channels')), 'utf8');

  it('is found under its file name and describes itself', async () => {
    const type = (await loadChannelTypes()).find((candidate: ChannelType) => candidate.type === name);

    expect(type?.help).toMatch(/^[A-Z].*\.$/);
  });

  it.each(['Source:', 'Shape:', 'Limits:'])('says its %s in the first comment', (heading) => {
    expect(source.slice(0, source.indexOf('*/'))).toContain(` * ${heading}`);
  });

  it('has a test beside it', () => {
    expect(existsSync(new URL(`${name}.test.ts`, folder('channels')))).toBe(true);
  });

  it('leaves names that every channel has to the notifier', async () => {
    const type = (await loadChannelTypes()).find((candidate: ChannelType) => candidate.type === name);

    expect(Object.keys(type?.options.shape ?? {})).not.toEqual(expect.arrayContaining(['name']));
    expect(Object.keys(type?.options.shape ?? {})).not.toEqual(expect.arrayContaining(['type']));
    expect(Object.keys(type?.options.shape ?? {})).not.toEqual(expect.arrayContaining(['language']));
  });
});

describe('duties', () => {
  it('are found under their file names', async () => {
    const units = await loadUnits<Duty>(folder('duties'), 'duty');

    expect(units.map(({ value }) => value.name)).toEqual(unitNames('duties').sort());
    for (const { value } of units) expect(value.everySeconds).toBeGreaterThan(0);
  });
});

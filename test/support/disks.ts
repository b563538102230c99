import { readFileSync } from 'node:fs';
import type { GivenSection } from './host.ts';

const FIXTURES = new URL('../fixtures/smartctl/', import.meta.url);

/** A composed output of smartctl, by file name. */
export function smartctlFixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8');
}

/** Sections of a capture with these disks: `{ '/dev/sda': 'sata-hdd.json' }` by device and type. */
export function diskSections(disks: Readonly<Record<string, string>>): Record<string, GivenSection> {
  const sections = Object.entries(disks).map(([device, name]) => [
    `smartctl:${device}`,
    smartctlFixture(name),
  ]);
  return {
    smartctl: 'smartctl 7.4 2023-08-01 r5530 [x86_64-linux] (local build)\n',
    ...Object.fromEntries(sections),
  };
}

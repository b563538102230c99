import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { localFiles } from '../../exporters/fleet/machine-files.ts';
import type { DiscoveryContext, Gap, Machine, Sighting, Technique } from '../../exporters/fleet/technique.ts';

/** Contents of a machine by absolute path; a value of `-> target` is a symbolic link. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

/** A machine that has these files and nothing else, below a temporary folder; only for use inside a test file. */
export function fakeMachine(tree: Tree, more: Partial<Machine> = {}): Machine {
  const root = mkdtempSync(join(tmpdir(), 'pgfleet-machine-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(tree)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    const target = typeof content === 'string' ? /^-> (?<to>.+)$/.exec(content)?.groups?.['to'] : undefined;
    if (target === undefined) writeFileSync(file, content);
    else symlinkSync(target, file);
  }
  return { name: 'web1', files: localFiles(root), ...more };
}

/** A context of discovery in which there is nothing to look at. */
export const NOTHING_TO_LOOK_AT: Omit<DiscoveryContext, 'gap'> = {
  signal: new AbortController().signal,
  now: () => 0,
  machines: [],
  servers: [],
  poolers: [],
  patronis: [],
  hosts: [],
  scan: undefined,
};

/** What a technique sees on machines, and what it could not look at. */
export function lookAround(technique: Technique, ...machines: readonly Machine[]) {
  return lookFrom(technique, { machines });
}

/** What a technique sees in a context. */
export async function lookFrom(technique: Technique, context: Partial<DiscoveryContext>) {
  const gaps: Gap[] = [];
  const sightings: Sighting[] = [];
  const all = { ...NOTHING_TO_LOOK_AT, ...context, gap: (gap: Gap) => gaps.push(gap) };
  for await (const sighting of technique.discover(all)) {
    sightings.push(sighting);
  }
  return { sightings, gaps };
}

/** The first bytes of a pg_control: of PostgreSQL 15 in production unless told otherwise. */
export function pgControl(more: { identifier?: bigint; catalog?: number; state?: number } = {}): Uint8Array {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(more.identifier ?? 7710876953460990554n, 0);
  bytes.writeUInt32LE(1300, 8);
  bytes.writeUInt32LE(more.catalog ?? 202209061, 12);
  bytes.writeInt32LE(more.state ?? 6, 16);
  return bytes;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComposedMachine, composeCapture } from './machine.ts';
import { poweredge2950 } from './poweredge-2950.ts';
import { poweredgeR630 } from './poweredge-r630.ts';
import { poweredgeR720 } from './poweredge-r720.ts';
import { proliantDl380G7 } from './proliant-dl380-g7.ts';

/** A composed machine as an entry of `hosts:`. */
export interface LegacyHost {
  readonly name: string;
  readonly machine: ComposedMachine;
  /** What people have written about it in the registry. */
  readonly registry: Readonly<Record<string, string>>;
}

/** Old iron of every grade: to be retired at once, to be mended, to be watched, to be used again. */
export const LEGACY_HOSTS: readonly LegacyHost[] = [
  {
    name: 'erp-pe2950',
    machine: poweredge2950,
    registry: {
      ...{ app: 'erp', env: 'prod', owner: 'finance-it', site: 'basement' },
      ...{ purchased: '2007-06-18', warranty_until: '2012-06-17' },
    },
  },
  {
    name: 'hr-dl380g7',
    machine: proliantDl380G7,
    registry: {
      ...{ app: 'hr', env: 'prod', owner: 'hr-it', site: 'branch-office' },
      ...{ purchased: '2010-10-04', warranty_until: '2015-10-03' },
    },
  },
  {
    name: 'dwh-r720',
    machine: poweredgeR720,
    registry: {
      ...{ app: 'warehouse', env: 'prod', owner: 'analytics', site: 'hq' },
      ...{ purchased: '2013-04-15', warranty_until: '2018-04-14' },
    },
  },
  {
    name: 'spare-r630',
    machine: poweredgeR630,
    registry: {
      ...{ owner: 'platform', site: 'hq', lifecycle: 'provisioning' },
      // Old, but bought refurbished and under warranty: the one to reuse.
      ...{ purchased: '2024-03-11', warranty_until: '2029-03-10' },
    },
  },
];

/** Writes the capture of each machine, as if made at `time` (seconds since the epoch), to FOLDER/NAME.cap. */
export async function writeLegacyCaptures(folder: string, time: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    LEGACY_HOSTS.map(({ name, machine }) =>
      writeFile(join(folder, captureFile(name)), composeCapture(machine, time)),
    ),
  );
}

/** Name of a machine's capture in that folder. */
export function captureFile(host: string): string {
  return `${host}.cap`;
}

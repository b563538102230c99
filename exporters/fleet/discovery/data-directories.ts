/**
 * Source: the usual places of data directories, and those that unit files and Debian clusters name
 * Shape:  a folder with PG_VERSION and global/pg_control; stopped ones are the point: forgotten data
 * Needs:  root, or the owner of the directories
 * Absent when: no such folder exists
 */
import { PgfleetError } from '../../../lib/errors.ts';
import { readDataDirectory } from '../data-directory.ts';
import { onEachMachine, type ReportGap } from '../each-machine.ts';
import { expandGlob } from '../glob.ts';
import { directorySighting } from '../sightings.ts';
import type { Machine, Sighting, Technique } from '../technique.ts';

/** Where packages, installers and administrators put clusters; a star is one folder. */
const USUAL_PLACES = [
  '/var/lib/postgresql/*/*',
  '/var/lib/postgresql/data',
  '/var/lib/postgres/data',
  '/var/lib/pgsql/data',
  '/var/lib/pgsql/*/data',
  '/var/lib/edb/as*/data',
  '/var/lib/pgpro/*/data',
  '/usr/local/pgsql/data',
  '/usr/local/var/postgres*',
  '/opt/PostgreSQL/*/data',
  '/opt/postgres*/data',
  '/home/postgres/*data*',
  '/srv/postgres*',
  '/srv/postgres*/*',
  '/pgdata*',
  '/pgdata*/*',
  '/data*/pg*',
  '/data*/pg*/data',
  '/data*/postgres*',
  '/data*/postgres*/data',
];

export const technique = {
  name: 'data-directories',
  help: 'Data directories in the usual places of readable machines, whether a server runs in them or not.',
  discover: (context) => onEachMachine(context, onMachine),
} satisfies Technique;

async function* onMachine(machine: Machine, report: ReportGap): AsyncIterable<Sighting> {
  for (const pattern of [...USUAL_PLACES, ...(machine.dataDirectories ?? [])]) {
    for (const path of await foldersOf(machine, pattern, report)) {
      const directory = await readDataDirectory(machine.files, path);
      if (directory === undefined) continue;
      report(...directory.unreadable);
      if (directory.major !== undefined) yield directorySighting(machine, directory, {});
    }
  }
}

/** One folder that may not be listed must not cost the other patterns. */
async function foldersOf({ files }: Machine, pattern: string, report: ReportGap): Promise<string[]> {
  try {
    return await expandGlob(files, pattern);
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    report(error);
    return [];
  }
}

/**
 * Source: /etc/postgresql/VERSION/CLUSTER/{postgresql.conf,start.conf}, written by pg_createcluster
 *         https://manpages.debian.org/postgresql-common/pg_createcluster.1
 * Shape:  data_directory and port in postgresql.conf; auto, manual or disabled in start.conf
 * Needs:  usually readable by all; the data directory itself needs root or its owner
 * Absent when: the machine has no Debian or Ubuntu packages of PostgreSQL
 */
import { readDataDirectory } from '../data-directory.ts';
import { onEachMachine, type ReportGap } from '../each-machine.ts';
import { parsePostgresqlConf } from '../formats/postgresql-conf.ts';
import { expandGlob } from '../glob.ts';
import { directorySighting } from '../sightings.ts';
import type { Machine, Sighting, Technique } from '../technique.ts';

export const technique = {
  name: 'debian-clusters',
  help: 'Clusters that the packages of Debian and Ubuntu manage, running or not.',
  discover: (context) =>
    onEachMachine(context, async function* (machine, report) {
      for (const folder of await expandGlob(machine.files, '/etc/postgresql/*/*')) {
        const sighting = await cluster(machine, folder, report);
        if (sighting !== undefined) yield sighting;
      }
    }),
} satisfies Technique;

async function cluster(machine: Machine, folder: string, report: ReportGap): Promise<Sighting | undefined> {
  const { files } = machine;
  const text = await files.text(`${folder}/postgresql.conf`);
  const settings = text === undefined ? undefined : parsePostgresqlConf(text);
  const path = settings?.get('data_directory');
  if (settings === undefined || path === undefined) return undefined;
  const start = (await files.text(`${folder}/start.conf`))?.match(/^\s*(auto|manual|disabled)\b/m)?.[1];
  const [, , , version = '', name = ''] = folder.split('/');
  const port = settings.get('port');
  const details = {
    cluster: `${version}/${name}`,
    ...(start === undefined ? {} : { start }),
  };
  const directory = await readDataDirectory(files, path);
  if (directory === undefined) return undefined;
  report(...directory.unreadable);
  const major = Number(version);
  const known = directory.major ?? (major > 0 ? major : undefined);
  const configuredPort = Number(port) || directory.configuredPort;
  return directorySighting(machine, { ...directory, major: known, configuredPort }, details);
}

/**
 * Source: unit files postgresql*.service and their like below /etc/systemd, /run/systemd and /usr/lib/systemd
 * Shape:  PGDATA in Environment= or -D in ExecStart=, overridden by drop-ins in NAME.service.d
 * Needs:  usually readable by all; the data directory itself needs root or its owner
 * Absent when: the machine has no such unit; templates (NAME@.service) name no directory
 */
import { readDataDirectory } from '../data-directory.ts';
import { onEachMachine, type ReportGap } from '../each-machine.ts';
import { parseServerUnit } from '../formats/systemd-unit.ts';
import { expandGlob } from '../glob.ts';
import { directorySighting } from '../sightings.ts';
import type { Machine, Sighting, Technique } from '../technique.ts';

/** In the order of precedence: the first file of a name is the unit. */
const UNIT_FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const SERVER_UNIT = /^(?:postgres|pgsql|edb-as|pgpro|patroni)[^/]*[^@]\.service$/;

export const technique = {
  name: 'systemd-units',
  help: 'Units that start a PostgreSQL server, with their data directories, running or not.',
  discover: (context) => onEachMachine(context, onMachine),
} satisfies Technique;

async function* onMachine(machine: Machine, report: ReportGap): AsyncIterable<Sighting> {
  const { files } = machine;
  const seen = new Set<string>();
  for (const folder of UNIT_FOLDERS) {
    for (const name of await files.names(folder)) {
      if (!SERVER_UNIT.test(name) || seen.has(name)) continue;
      seen.add(name);
      const { dataDirectory, user } = parseServerUnit(await unitTexts(machine, `${folder}/${name}`, name));
      const directory =
        dataDirectory === undefined ? undefined : await readDataDirectory(files, dataDirectory);
      if (directory === undefined) continue;
      report(...directory.unreadable);
      const enabled = (await enablingLinks(machine, name)) > 0 ? 'enabled' : 'not enabled';
      const details = { unit: name, unit_state: enabled, ...(user === undefined ? {} : { user }) };
      yield directorySighting(machine, directory, details);
    }
  }
}

async function unitTexts({ files }: Machine, path: string, name: string): Promise<string[]> {
  const texts = [await files.text(path)];
  for (const folder of [...UNIT_FOLDERS].reverse()) {
    for (const dropIn of await files.names(`${folder}/${name}.d`)) {
      if (dropIn.endsWith('.conf')) texts.push(await files.text(`${folder}/${name}.d/${dropIn}`));
    }
  }
  return texts.filter((text) => text !== undefined);
}

async function enablingLinks({ files }: Machine, name: string): Promise<number> {
  const links = await expandGlob(files, '/etc/systemd/system/*.wants');
  const targets = await Promise.all(links.map((folder) => files.names(folder)));
  return targets.filter((names) => names.includes(name)).length;
}

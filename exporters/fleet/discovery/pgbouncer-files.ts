/**
 * Source: pgbouncer.ini in its usual places, https://www.pgbouncer.org/config.html
 * Shape:  "[databases]" then "name = host=db1 port=5432 password=..."; host and port are kept, nothing else
 * Needs:  root or the user that runs PgBouncer
 * Absent when: the machine has no PgBouncer; included files are not followed
 */
import { onEachMachine, type ReportGap } from '../each-machine.ts';
import { endpointsOf } from '../formats/conninfo.ts';
import { expandGlob } from '../glob.ts';
import type { Machine, Sighting, Technique } from '../technique.ts';

const FILES = ['/etc/pgbouncer/*.ini', '/etc/pgbouncer.ini', '/usr/local/etc/pgbouncer.ini'];

export const technique = {
  name: 'pgbouncer-files',
  help: 'Servers behind the PgBouncers of readable machines.',
  discover: (context) => onEachMachine(context, onMachine),
} satisfies Technique;

async function* onMachine(machine: Machine, _report: ReportGap): AsyncIterable<Sighting> {
  for (const pattern of FILES) {
    for (const path of await expandGlob(machine.files, pattern)) {
      const text = await machine.files.text(path);
      if (text !== undefined) yield* sightingsOf(text, path, machine.name);
    }
  }
}

/** The servers of the databases section; a database without a host is on the machine of PgBouncer. */
export function sightingsOf(ini: string, path: string, machine: string): Sighting[] {
  let section = '';
  return ini.split('\n').flatMap((line) => {
    const title = /^\s*\[(?<name>\w+)\]/.exec(line)?.groups?.['name'];
    if (title !== undefined) section = title.toLowerCase();
    const { name, conninfo } = /^\s*(?<name>[^\s=;#][^=]*?)\s*=\s*(?<conninfo>.*)$/.exec(line)?.groups ?? {};
    if (section !== 'databases' || name === undefined || conninfo === undefined) return [];
    return endpointsOf(conninfo)
      .filter(({ host }) => !host.startsWith('/'))
      .map(({ host, port }) => ({
        kind: 'postgresql' as const,
        state: 'referenced' as const,
        ...(isLoopback(host) ? { machine } : {}),
        places: [{ host, port }],
        details: { referenced_by: `${machine}: ${path}`, edge: `is database ${name} of PgBouncer` },
      }));
  });
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
}

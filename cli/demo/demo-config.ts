import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { DEMO_GHOST, type DemoServer } from './demo-servers.ts';
import type { DemoState } from './demo-state.ts';
import { captureFile, LEGACY_HOSTS, type LegacyHost } from './legacy/machines.ts';

/** Name of the entry for the machine the demo runs on. */
export const DEMO_HOST = 'this-machine';

/** Folder of the captures, beside pgfleet.yml. */
export const CAPTURES = 'captures';

/** The demo fleet's pgfleet.yml: complete, in the form a person would write, and read by the usual loader. */
export function demoConfig(servers: readonly DemoServer[], state: DemoState): string {
  const { servers: places, smtpPort, ghostPort } = state;
  const entries = servers.flatMap(({ name, registry }) =>
    registry === undefined
      ? []
      : [serverEntry(name, places.find((place) => place.name === name)?.port, registry)],
  );
  if (ghostPort !== undefined) entries.push(serverEntry(DEMO_GHOST.name, ghostPort, DEMO_GHOST.registry));
  const folders = [...new Set(places.map(({ home }) => dirname(home)))];
  return `# The demo fleet of \`pgfleet up\`, written anew at each start. To watch servers of your own, copy this file to
# pgfleet.yml, change it, and run \`pgfleet check\`. Every option: pgfleet.example.yml.

data_dir: ..

# How to log in to every server: a role that is a member of pg_monitor, its password in a file.
postgres:
  user: pgfleet
  password: { file: secrets/monitoring }

# Machines: this one is read directly, others over ssh, without an agent on either. The old ones do not exist: their
# captures were composed, as \`sh capture.sh -b 300 all\` would have printed them. See what they tell with
# \`pgfleet host report ${LEGACY_HOSTS[0]?.name}\`.
hosts:
  - { name: ${DEMO_HOST}, transport: local, owner: ${JSON.stringify(`whoever runs ${hostname()}`)}, site: desk }
${LEGACY_HOSTS.map(legacyEntry).join('\n')}

# PostgreSQL servers, the machine each runs on, and what people decided about them.
servers:${entries.length === 0 ? ' []' : `\n${entries.join('\n')}`}

# Where servers are looked for that nobody declared, beside the usual places: try \`pgfleet discover\`. The fleet has some.
discovery:
  data_directories: ${JSON.stringify(folders.map((folder) => join(folder, '*', 'data')))}

# Who is told. The demo's mail server delivers nothing: mails end as files in mail/.
notify:
  channels:
    - name: ops-mail
      type: email
      from: pgfleet <pgfleet@demo.example>
      to: [ops@demo.example]
      smtp: { host: 127.0.0.1, port: ${smtpPort}, tls: none }
`;
}

function serverEntry(name: string, port: number | undefined, registry: Record<string, string>): string {
  const labels = Object.entries(registry).map(([key, value]) => `${key}: ${value}`);
  return `  - { ${[`name: ${name}`, `address: "127.0.0.1:${port}"`, `host: ${DEMO_HOST}`, ...labels].join(', ')} }`;
}

function legacyEntry({ name, registry }: LegacyHost): string {
  const labels = Object.entries(registry).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const place = `capture: { file: ${join(CAPTURES, captureFile(name))} }`;
  return `  - { ${[`name: ${name}`, 'transport: capture', place, ...labels].join(', ')} }`;
}

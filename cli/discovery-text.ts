import type { Discovery } from '../exporters/fleet/discoverer.ts';
import type { Instance } from '../exporters/fleet/estate.ts';
import { majorText } from '../exporters/fleet/formats/startup-answer.ts';
import { bornOn } from '../exporters/fleet/identity.ts';
import { errorMessage } from '../lib/errors.ts';

const TITLES: Readonly<Record<Instance['status'], string>> = {
  unregistered: 'Not declared in pgfleet.yml',
  ghost: 'Declared and not running',
  registered: 'Declared and found',
};

/** What was found, for a terminal: the undeclared first, then ghosts, then the rest. */
export function discoveryText(discovery: Discovery): string {
  const parts = (['unregistered', 'ghost', 'registered'] as const).flatMap((status) => {
    const instances = discovery.instances.filter((instance) => instance.status === status);
    if (instances.length === 0) return [];
    return [`${TITLES[status]}: ${instances.length}`, table(instances), ''];
  });
  return printable([...parts, ...gapLines(discovery), summary(discovery)].join('\n'));
}

/** Names come from other machines: none may steer the terminal. */
function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '?');
}

function summary({ instances, startedAt, endedAt }: Discovery): string {
  const count = (status: Instance['status']) =>
    instances.filter((instance) => instance.status === status).length;
  const seconds = ((endedAt - startedAt) / 1000).toFixed(1);
  return `${count('registered')} registered, ${count('unregistered')} unregistered, ${count('ghost')} gone, in ${seconds} s.`;
}

function table(instances: readonly Instance[]): string {
  const rows = instances.map(cells);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows
    .flatMap((row, index) => [
      `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
      ...notes(instances[index]).map((note) => `      ${note}`),
    ])
    .join('\n');
}

function cells({ label, kind, majors, state, role, techniques }: Instance): string[] {
  const name = { postgresql: 'PostgreSQL', pgbouncer: 'PgBouncer', pgwire: 'answers like PostgreSQL' }[kind];
  const what =
    state === 'declared' ? 'never seen' : [name, majorText(majors), role].filter(Boolean).join(' ');
  return [label, state === 'declared' ? '' : state, what, techniques.join(', ')];
}

function notes(instance: Instance | undefined): string[] {
  if (instance === undefined) return [];
  const { machine, dataDirectory, systemIdentifier, findings, details, servers, clusterState } = instance;
  const born = bornOn(systemIdentifier);
  return [
    ...(dataDirectory === undefined
      ? []
      : [`data directory ${dataDirectory}${machine === undefined ? '' : ` on ${machine}`}`]),
    ...(systemIdentifier === undefined
      ? []
      : [`identity ${systemIdentifier}${born === undefined ? '' : `, made on ${born}`}`]),
    ...(details['recorded_on'] === undefined ? [] : [`as recorded on ${details['recorded_on']}`]),
    ...(details['edge'] === undefined
      ? []
      : [`${details['referenced_by'] ?? 'somebody'} says: it ${details['edge']}`]),
    ...findings.map(({ kind, others }) => FINDING_TEXTS[kind](others, clusterState)),
    ...(details['binary']?.endsWith(' (deleted)')
      ? ['its program file was replaced: restart it to run the new one']
      : []),
    ...(servers.length > 1 ? [`declared more than once: ${servers.map(({ name }) => name).join(', ')}`] : []),
  ];
}

const FINDING_TEXTS: Readonly<
  Record<
    Instance['findings'][number]['kind'],
    (others: readonly string[], state: string | undefined) => string
  >
> = {
  clone: (others) => `! clone: ${others.join(', ')} has the same identity and takes writes too`,
  copy: (others) => `! copy: ${others.join(', ')} on the same machine has the same identity`,
  stopped: (_others, state) => `! stopped${state === undefined ? '' : `, pg_control says: ${state}`}`,
};

function gapLines({ gaps, runs }: Discovery): string[] {
  const failed = runs.flatMap(({ technique, error }) =>
    error === undefined ? [] : [`  ${technique}: ${error}`],
  );
  // What one technique could not look at, the others mostly could not either.
  const techniques = new Map<string, Set<string>>();
  for (const { technique, where, error } of gaps) {
    const line = `  ${where}: ${errorMessage(error)}`;
    techniques.set(line, (techniques.get(line) ?? new Set()).add(technique));
  }
  const lines = [...techniques].map(([line, by]) => `${line} (${[...by].join(', ')})`);
  const shown = lines.slice(0, 10);
  const more = lines.length - shown.length;
  const all = [...failed, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
  return all.length === 0 ? [] : ['Not looked at:', ...all, ''];
}

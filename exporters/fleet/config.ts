import { z } from 'zod';
import { closest } from '../../lib/closest.ts';
import { type Address, addressSchema, formatAddress } from '../../lib/config.ts';
import { describe } from '../../lib/config-problems.ts';

/** What people decide about an entry; observed conditions (upgrade due, idle, ghost) are computed elsewhere. */
export const LIFECYCLE_STATES = ['planned', 'provisioning', 'in_service', 'deprecated', 'retired'] as const;
export type Lifecycle = (typeof LIFECYCLE_STATES)[number];

/** Fields that become labels of everything scraped from an entry. */
export const GROUPING_LABELS = ['cluster', 'env', 'app', 'owner', 'site'] as const;
export type GroupingLabel = (typeof GROUPING_LABELS)[number];

/** Names that pgfleet, Prometheus or the exporters give a meaning of their own. */
const RESERVED_LABELS: ReadonlySet<string> = new Set([
  ...GROUPING_LABELS,
  ...[
    'alertname',
    'collector',
    'component',
    'datname',
    'device',
    'host',
    'instance',
    'job',
    'le',
    'lifecycle',
  ],
  ...['name', 'quantile', 'queryid', 'relname', 'schemaname', 'server', 'severity', 'target', 'transport'],
]);

const MAX_EXTRA_LABELS = 20;

/** A string that passes `test`; a text with an `@` may be a connection string and is not shown. */
function textSchema(expected: string, test: (text: string) => boolean) {
  return z.string().superRefine((text, refinement) => {
    if (test(text)) return;
    const found = describe(text, text.includes('@'));
    refinement.addIssue({ code: 'custom', message: `expected ${expected}, found ${found}` });
  });
}

/** Name of a registry entry: it appears in URLs, file names and labels. */
export const nameSchema = textSchema('a name of 1 to 100 letters, digits, ".", "_" and "-"', (text) =>
  /^[a-zA-Z0-9._-]{1,100}$/.test(text),
);

const labelValueSchema = textSchema(
  'a text of 1 to 200 printable characters without spaces around it',
  (text) => text !== '' && text === text.trim() && text.length <= 200 && !/[\p{Cc}\p{Cs}]/u.test(text),
);

/** A day of the calendar, YYYY-MM-DD. */
export const dateSchema = textSchema('a date such as "2019-05-31"', (text) => {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
});

const extraLabelsSchema = z.record(z.string(), labelValueSchema).superRefine((labels, refinement) => {
  const names = Object.keys(labels);
  for (const name of names) {
    const message = labelNameProblem(name);
    if (message !== undefined) refinement.addIssue({ code: 'custom', path: [name], message });
  }
  if (names.length > MAX_EXTRA_LABELS) {
    const message = `expected at most ${MAX_EXTRA_LABELS} labels, found ${names.length}`;
    refinement.addIssue({ code: 'custom', message });
  }
});

function labelNameProblem(name: string): string | undefined {
  if (RESERVED_LABELS.has(name)) return `label "${name}" is reserved; choose another name`;
  if (name.startsWith('__')) return `label "${name}" is reserved: names with "__" belong to Prometheus`;
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return undefined;
  return `expected a label name of letters, digits and "_", not starting with a digit, found ${describe(name, false)}`;
}

/** What servers and hosts have in common. */
const entryFields = {
  name: nameSchema.describe('Unique name; the value of the probe parameter `target`.'),
  cluster: labelValueSchema
    .optional()
    .describe('Group of servers with the same data: a primary and its standbys.'),
  app: labelValueSchema.optional().describe('Application that it serves.'),
  env: labelValueSchema.optional().describe('Environment, such as prod or test.'),
  owner: labelValueSchema.optional().describe('Team or person who answers for it.'),
  site: labelValueSchema
    .optional()
    .describe('Place where it stands; a server without one takes that of its host.'),
  lifecycle: z.enum(LIFECYCLE_STATES).default('in_service').describe('State that people decided on.'),
  labels: extraLabelsSchema.default({}).describe('Further labels for everything scraped from it.'),
} as const;

/** Registry part of an entry of `servers:`; the composed schema adds connection settings. */
export const serverFields = {
  ...entryFields,
  address: addressSchema.describe('host:port where PostgreSQL listens; the `instance` label.'),
  host: z.string().optional().describe('Name of the entry of `hosts:` it runs on.'),
} as const;

/** Registry part of an entry of `hosts:`; the composed schema adds the transport. */
export const hostFields = {
  ...entryFields,
  purchased: dateSchema.optional().describe('Day the hardware was bought.'),
  warranty_until: dateSchema.optional().describe('Last day of the warranty or the maintenance contract.'),
  power_watts: z.number().positive().max(100_000).optional().describe('Power it draws, in watts.'),
  cost_per_year: z.number().min(0).optional().describe('What it costs a year, in the currency of the site.'),
} as const;

/** The part of a loaded configuration that the cross-checks read. */
export interface Declared {
  readonly servers: readonly {
    readonly name: string;
    readonly address: Address;
    readonly host?: string | undefined;
  }[];
  readonly hosts: readonly {
    readonly name: string;
    readonly purchased?: string | undefined;
    readonly warranty_until?: string | undefined;
  }[];
}

/** What a cross-check needs of zod's refinement context. */
interface Issues {
  addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void;
}

/** Rules between entries, for `.superRefine()` of the whole configuration. */
export function checkDeclared(declared: Declared, issues: Issues): void {
  checkUnique(
    'servers',
    'name',
    declared.servers.map((server) => server.name),
    issues,
  );
  checkUnique(
    'hosts',
    'name',
    declared.hosts.map((host) => host.name),
    issues,
  );
  const addresses = declared.servers.map(({ address }) => formatAddress(address).toLowerCase());
  checkUnique('servers', 'address', addresses, issues);
  checkHostsExist(declared, issues);
  checkWarranties(declared, issues);
}

function checkUnique(section: string, field: string, values: readonly string[], issues: Issues): void {
  const first = new Map<string, number>();
  values.forEach((value, index) => {
    const earlier = first.get(value);
    if (earlier === undefined) {
      first.set(value, index);
      return;
    }
    const message = `duplicate ${field} ${JSON.stringify(value)}, already used by ${section}[${earlier}]`;
    issues.addIssue({ code: 'custom', path: [section, index, field], message });
  });
}

function checkHostsExist({ servers, hosts }: Declared, issues: Issues): void {
  const names = hosts.map((host) => host.name);
  const known = new Set(names);
  servers.forEach(({ host }, index) => {
    if (host === undefined || known.has(host)) return;
    const suggestion = closest(host, names);
    const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
    const message = `expected the name of an entry of hosts, found ${describe(host, host.includes('@'))}${hint}`;
    issues.addIssue({ code: 'custom', path: ['servers', index, 'host'], message });
  });
}

function checkWarranties({ hosts }: Declared, issues: Issues): void {
  hosts.forEach(({ purchased, warranty_until: end }, index) => {
    if (purchased === undefined || end === undefined || end >= purchased) return;
    const message = `expected a day after the purchase on ${purchased}, found "${end}"`;
    issues.addIssue({ code: 'custom', path: ['hosts', index, 'warranty_until'], message });
  });
}

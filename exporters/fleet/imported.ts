import { z } from 'zod';
import { explainIssue } from '../../lib/config-problems.ts';
import { hostFields, serverFields } from './config.ts';
import type { RegisteredHost, RegisteredServer } from './registry.ts';

/** An entry from elsewhere, before it is checked. */
export interface RawEntry {
  /** "servers.csv:3", or the address of an object. */
  readonly where: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** An entry from elsewhere that pgfleet.yml could hold as it is. */
export interface Imported {
  readonly servers: readonly ImportedEntry<RegisteredServer>[];
  readonly hosts: readonly ImportedEntry<RegisteredHost>[];
  /** "servers.csv:3: address: expected ..." */
  readonly problems: readonly string[];
}

export interface ImportedEntry<T> {
  readonly where: string;
  readonly entry: T;
  /** Fields that were filled in there; the others have our defaults. */
  readonly given: ReadonlySet<string>;
  /** Where sshd of a host answers. */
  readonly sshAddress?: string | undefined;
}

const serverSchema = z.strictObject(serverFields);
const hostSchema = z.strictObject({
  ...hostFields,
  transport: z.enum(['local', 'ssh', 'capture']).default('ssh'),
});

/** Holds entries to the rules of pgfleet.yml; what breaks them is a problem and left out. */
export function checkImported(raw: { servers: readonly RawEntry[]; hosts: readonly RawEntry[] }): Imported {
  const problems: string[] = [];
  const check = <S extends z.ZodType>(
    schema: S,
    { where, fields, labels }: RawEntry,
  ): z.output<S> | undefined => {
    const { ssh_address: _ssh, ...own } = fields;
    const input = { ...own, ...numbersOf(own), ...(Object.keys(labels).length > 0 ? { labels } : {}) };
    const result = schema.safeParse(input);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      for (const { path, message } of explainIssue(issue, schema, input)) {
        problems.push(`${where}: ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
      }
    }
    return undefined;
  };
  const servers = raw.servers.flatMap((entry) => {
    const server = check(serverSchema, entry);
    return server === undefined ? [] : [{ where: entry.where, entry: server, given: givenFields(entry) }];
  });
  const hosts = raw.hosts.flatMap((entry) => {
    const host = check(hostSchema, entry);
    return host === undefined
      ? []
      : [
          {
            where: entry.where,
            entry: host,
            given: givenFields(entry),
            sshAddress: entry.fields['ssh_address'],
          },
        ];
  });
  return { servers, hosts, problems: [...problems, ...duplicates(servers), ...duplicates(hosts)] };
}

const NUMBERS = ['power_watts', 'cost_per_year'];

/** Tables hold text: "1200", "1200.50", "1200,50". What is no number stays and is told of. */
function numbersOf(fields: Readonly<Record<string, string>>): Record<string, number> {
  const numbers = Object.entries(fields).flatMap(([name, text]): [string, number][] =>
    NUMBERS.includes(name) && /^\d+(?:[.,]\d+)?$/.test(text) ? [[name, Number(text.replace(',', '.'))]] : [],
  );
  return Object.fromEntries(numbers);
}

function givenFields({ fields }: RawEntry): Set<string> {
  return new Set(Object.keys(fields));
}

function duplicates(entries: readonly ImportedEntry<{ readonly name: string }>[]): string[] {
  const first = new Map<string, string>();
  return entries.flatMap(({ where, entry: { name } }) => {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, where);
    return earlier === undefined
      ? []
      : [`${where}: duplicate name ${JSON.stringify(name)}, already in ${earlier}`];
  });
}

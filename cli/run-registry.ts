import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { decodeCsv, parseCsv } from '../exporters/fleet/formats/csv.ts';
import {
  checkImported,
  type Imported,
  type ImportedEntry,
  type RawEntry,
} from '../exporters/fleet/imported.ts';
import { readNetbox } from '../exporters/fleet/netbox.ts';
import { createRegistry, type RegisteredHost, type RegisteredServer } from '../exporters/fleet/registry.ts';
import { diffRegistry, diffText } from '../exporters/fleet/registry-diff.ts';
import { appendEntries, entryLines, type NewEntry } from '../exporters/fleet/registry-file.ts';
import { lintRegistry } from '../exporters/fleet/registry-lint.ts';
import { entriesOfTable, hostTable, serverTable } from '../exporters/fleet/registry-table.ts';
import { formatAddress } from '../lib/config.ts';
import { errorMessage, PgfleetError } from '../lib/errors.ts';
import { Secret } from '../lib/secret.ts';
import { type FleetConfig, loadConfig, loadConfigFiles } from './config.ts';
import { placeOf } from './config-files.ts';
import { EXIT } from './exit-codes.ts';
import { replaceConfig } from './replace-config.ts';

/** Where entries come from: tables, or a NetBox. */
export interface RegistrySource {
  readonly servers?: string | undefined;
  readonly hosts?: string | undefined;
  readonly netbox?: string | undefined;
}

/** Prints what is allowed and probably not meant, with its line; ends unwell when there is anything. */
export async function lint(file: string): Promise<number> {
  const { config, files } = await loadConfigFiles({ file, env: process.env });
  const findings = lintRegistry(createRegistry(config), new Date().toISOString().slice(0, 10));
  for (const { section, index, name, rule, message } of findings) {
    const { file: own, index: number } = placeOf(files, section, index);
    print(`${own.file}:${entryLines(own.text, section)[number] ?? 1}: ${rule}: ${name} ${message}`);
  }
  const counts = `${config.servers.length} servers, ${config.hosts.length} hosts`;
  print(
    findings.length === 0
      ? `${counts}: nothing to complain about.`
      : `${counts}: ${findings.length} findings.`,
  );
  return findings.length === 0 ? EXIT.ok : EXIT.unwell;
}

/** Prints a table of servers or hosts. */
export async function exportTable(file: string, kind: 'servers' | 'hosts'): Promise<number> {
  const config = await loadConfig({ file, env: process.env });
  const ssh = new Map(config.hosts.map((host) => [host.name, host.ssh && formatAddress(host.ssh.address)]));
  process.stdout.write(
    kind === 'servers' ? serverTable(config.servers) : hostTable(config.hosts, (name) => ssh.get(name)),
  );
  return EXIT.ok;
}

/** Prints how the registry and another list differ; ends unwell when they do. */
export async function diff(file: string, source: RegistrySource): Promise<number> {
  const { config, imported } = await read(file, source);
  const differences = diffRegistry(createRegistry(config), imported, sectionsOf(source));
  print(diffText(differences));
  reportProblems(imported);
  const { added, changed, missing } = differences;
  return added.length + changed.length + missing.length + imported.problems.length === 0
    ? EXIT.ok
    : EXIT.unwell;
}

/** Appends the entries of another list that the registry does not have; without `write` it only says which. */
export async function importEntries(file: string, source: RegistrySource, write: boolean): Promise<number> {
  const { config, imported } = await read(file, source);
  const { added, changed } = diffRegistry(createRegistry(config), imported, sectionsOf(source));
  print(diffText({ added, changed, missing: [] }));
  reportProblems(imported);
  if (changed.length > 0) progress('Entries that differ stay as they are: change them by hand.');
  if (imported.problems.length > 0) return EXIT.unwell;
  if (!write || added.length === 0) return EXIT.ok;
  const names = (section: 'servers' | 'hosts') =>
    new Set(added.filter((difference) => difference.section === section).map(({ name }) => name));
  let text = readFileSync(file, 'utf8');
  text = appendEntries(text, 'hosts', newOnes(imported.hosts, names('hosts')).map(hostEntry));
  text = appendEntries(text, 'servers', newOnes(imported.servers, names('servers')).map(serverEntry));
  await replaceConfig(file, text);
  progress(`${added.length} entries appended to ${file}; review them`);
  return EXIT.ok;
}

function sectionsOf({ servers, hosts, netbox }: RegistrySource): ('servers' | 'hosts')[] {
  if (netbox !== undefined) return ['servers', 'hosts'];
  return [
    ...(servers === undefined ? [] : ['servers' as const]),
    ...(hosts === undefined ? [] : ['hosts' as const]),
  ];
}

async function read(
  file: string,
  source: RegistrySource,
): Promise<{ config: FleetConfig; imported: Imported }> {
  if (sectionsOf(source).length === 0) {
    throw new PgfleetError('config', 'expected --servers FILE, --hosts FILE or --netbox URL');
  }
  const config = await loadConfig({ file, env: process.env });
  return { config, imported: checkImported(await readSource(source)) };
}

async function readSource({
  servers,
  hosts,
  netbox,
}: RegistrySource): Promise<{ servers: RawEntry[]; hosts: RawEntry[] }> {
  if (netbox !== undefined) {
    const token = process.env['NETBOX_TOKEN'];
    if (token === undefined || token === '') {
      throw new PgfleetError(
        'config',
        'expected the API token of NetBox in the environment variable NETBOX_TOKEN',
      );
    }
    return readNetbox({ url: netbox, token: new Secret(token), signal: new AbortController().signal });
  }
  return { servers: readTable('servers', servers), hosts: readTable('hosts', hosts) };
}

function readTable(kind: 'servers' | 'hosts', file: string | undefined): RawEntry[] {
  if (file === undefined) return [];
  try {
    const name = basename(file);
    return entriesOfTable(kind, name, parseCsv(name, decodeCsv(readFileSync(file))));
  } catch (error) {
    if (error instanceof PgfleetError) throw error;
    throw new PgfleetError('config', `${file}: ${errorMessage(error)}`, { cause: error });
  }
}

function newOnes<T extends { readonly name: string }>(
  entries: readonly ImportedEntry<T>[],
  names: ReadonlySet<string>,
): ImportedEntry<T>[] {
  return entries.filter(({ entry }) => names.has(entry.name));
}

function serverEntry({ where, entry }: ImportedEntry<RegisteredServer>): NewEntry {
  return {
    comment: `From ${where}.`,
    fields: { name: entry.name, address: formatAddress(entry.address), host: entry.host, ...common(entry) },
  };
}

function hostEntry({ where, entry, sshAddress }: ImportedEntry<RegisteredHost>): NewEntry {
  const { purchased, warranty_until, power_watts, cost_per_year, transport } = entry;
  const ssh = transport === 'ssh' && sshAddress !== undefined ? { address: sshAddress } : undefined;
  return {
    comment: `From ${where}.`,
    fields: {
      name: entry.name,
      transport,
      ssh,
      ...common(entry),
      purchased,
      warranty_until,
      power_watts,
      cost_per_year,
    },
  };
}

function common(entry: RegisteredServer | RegisteredHost): NewEntry['fields'] {
  const { name, cluster, app, env, owner, site, lifecycle, labels } = entry;
  return {
    name,
    cluster,
    app,
    env,
    owner,
    site,
    lifecycle,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
  };
}

function reportProblems({ problems }: Imported): void {
  for (const problem of problems) progress(problem);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { checkDeclared, hostFields, serverFields } from '../exporters/fleet/config.ts';
import { checkHostConnections, hostConnectionFields, type SshDefaults } from '../exporters/host/config.ts';
import { postgresOptionsSchema } from '../exporters/postgres/config.ts';
import { ConfigError, type Environment, parseConfig, problemAt } from '../lib/config.ts';

/** The lists of a configuration that may be spread over files. */
export const registrySections = {
  servers: z
    .array(z.strictObject({ ...serverFields, postgres: postgresOptionsSchema.optional() }))
    .default([])
    .describe('PostgreSQL servers.'),
  hosts: z
    .array(z.strictObject({ ...hostFields, ...hostConnectionFields }))
    .default([])
    .describe('Machines.'),
} as const;

const includedSchema = z.strictObject(registrySections);

type Entries = z.output<typeof includedSchema>;

/** A file and the entries it declares. */
export interface RegistryFile extends Entries {
  readonly file: string;
  readonly text: string;
}

/** The text of a configuration file. Throws ConfigError. */
export function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = missing
      ? 'no such file; name another one with --config, or copy pgfleet.example.yml'
      : 'cannot be read';
    const cause = missing ? undefined : error;
    throw new ConfigError([{ file, line: 1, column: 1, path: '', message }], { cause });
  }
}

/** The included files in the order of their names, each checked by itself. Throws ConfigError. */
export function readIncluded(
  main: { readonly file: string; readonly text: string },
  patterns: readonly string[],
  env: Environment,
): RegistryFile[] {
  return patterns.flatMap((pattern, index) => {
    const files = filesOf(pattern);
    if (files === undefined) {
      const message = `expected a file, or files of an existing folder, found nothing at ${pattern}`;
      throw new ConfigError([problemAt(main, ['include', index], message)]);
    }
    return files.map((file) => {
      const text = readConfigFile(file);
      return { file, text, ...parseConfig(includedSchema, { file, text, env }) };
    });
  });
}

/** A star stands for a part of a file name; such a pattern may match nothing yet. */
function filesOf(pattern: string): string[] | undefined {
  if (!pattern.includes('*')) return existsSync(pattern) ? [pattern] : undefined;
  const folder = dirname(pattern);
  if (!existsSync(folder)) return undefined;
  const parts = basename(pattern)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const name = new RegExp(`^${parts.join('.*')}$`);
  return readdirSync(folder)
    .filter((entry) => name.test(entry))
    .sort()
    .map((entry) => join(folder, entry));
}

/** The rules between entries, of all files together. Throws ConfigError that names the file and line of each. */
export function checkAcross(files: readonly RegistryFile[], ssh: SshDefaults | undefined): void {
  const all = {
    ssh,
    servers: files.flatMap(({ servers }) => servers),
    hosts: files.flatMap(({ hosts }) => hosts),
  };
  const found: { path: readonly PropertyKey[]; message: string }[] = [];
  const issues = { addIssue: (issue: (typeof found)[number]) => void found.push(issue) };
  checkDeclared(all, issues);
  checkHostConnections(all, issues);
  if (found.length === 0) return;
  throw new ConfigError(
    found.map(({ path: [section, index, ...rest], message }) => {
      const place = placeOf(files, section === 'hosts' ? 'hosts' : 'servers', Number(index));
      return problemAt(place.file, [section ?? '', place.index, ...rest], withPlaces(message, files));
    }),
  );
}

/** The file of an entry of the joined list, and its number there. */
export function placeOf(
  files: readonly RegistryFile[],
  section: 'servers' | 'hosts',
  index: number,
): { file: RegistryFile; index: number } {
  let left = index;
  for (const file of files) {
    if (left < file[section].length) return { file, index: left };
    left -= file[section].length;
  }
  throw new RangeError(`${section}[${index}]: expected an entry`);
}

/** Numbers of the joined list mean nothing to people once there are several files. */
function withPlaces(message: string, files: readonly RegistryFile[]): string {
  if (files.length === 1) return message;
  return message.replace(
    /\b(servers|hosts)\[(\d+)\]/g,
    (_all, section: 'servers' | 'hosts', number: string) => {
      const { file, index } = placeOf(files, section, Number(number));
      return `${file.file}:${problemAt(file, [section, index], '').line}`;
    },
  );
}

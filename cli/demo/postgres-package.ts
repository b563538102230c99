import { spawnSync } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PgfleetError } from '../../lib/errors.ts';
import { asAccount, type ServerAccount, serverAccount, sharedFolder } from './server-account.ts';

/** Every major of which package.json names an npm package with server binaries. */
export const POSTGRES_MAJORS = [10, 11, 12, 13, 14, 15, 16, 17, 18] as const;

/** Server binaries that the account can run: initdb, pg_ctl and postgres; the packages ship no clients. */
export interface PostgresInstallation {
  readonly major: number;
  /** As in `postgres --version`, for example "15.18". */
  readonly version: string;
  readonly binDir: string;
  readonly account: ServerAccount | undefined;
}

/** The majors whose package is installed here: npm leaves them out on other platforms than Linux on x86-64. */
export function installedMajors(): number[] {
  return POSTGRES_MAJORS.filter((major) => findPackage(major) !== undefined);
}

const prepared = new Map<number, Promise<PostgresInstallation>>();

/**
 * Makes one major's binaries ready to run: lays the library links that the package's install script
 * would have laid (npm does not run it) and, when root's repository is closed to the account that
 * runs the servers, places a copy where it is not. Once per process; later calls get the same answer.
 */
export function preparePostgres(major: number): Promise<PostgresInstallation> {
  const known = prepared.get(major);
  if (known !== undefined) return known;
  const promise = prepare(major);
  prepared.set(major, promise);
  return promise;
}

async function prepare(major: number): Promise<PostgresInstallation> {
  const folder = findPackage(major);
  if (folder === undefined) {
    throw new PgfleetError(
      'unsupported',
      `PostgreSQL ${major}: expected the npm package postgres-${major}, found none (it exists for Linux on x86-64 only)`,
    );
  }
  const account = serverAccount();
  if (account === undefined) {
    await layLinks(folder);
    return describe(major, join(folder, 'native', 'bin'), account);
  }
  const binDir = join(folder, 'native', 'bin');
  if (run(binDir, account).error === undefined) {
    await layLinks(folder);
    return describe(major, binDir, account);
  }
  return describe(major, join(await copyFor(folder, major), 'native', 'bin'), account);
}

function findPackage(major: number): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, 'node_modules', `postgres-${major}`);
    if (existsSync(join(candidate, 'native', 'bin', 'postgres'))) return candidate;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Paths in pg-symlinks.json are relative to the package; several processes may lay the same links at once. */
async function layLinks(folder: string): Promise<void> {
  const file = join(folder, 'native', 'pg-symlinks.json');
  const links = linksSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  await Promise.all(
    links.map(async ({ source, target }) => {
      const path = inside(folder, target);
      const wanted = relative(dirname(path), inside(folder, source));
      try {
        await symlink(wanted, path);
      } catch (error) {
        const present = await readlink(path).catch(() => undefined);
        if (present === wanted) return;
        throw new PgfleetError('permission', `${path}: cannot lay the link to ${wanted}`, { cause: error });
      }
    }),
  );
}

function inside(folder: string, path: string): string {
  const full = join(folder, path);
  if (full.startsWith(folder + sep)) return full;
  throw new PgfleetError(
    'parse',
    `${folder}/native/pg-symlinks.json: expected a path inside it, found ${path}`,
  );
}

/** One copy per package version, placed by rename, so that a reader never sees half of one. */
async function copyFor(folder: string, major: number): Promise<string> {
  const { version } = z
    .object({ version: z.string().regex(/^[\w.-]+$/) })
    .parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const target = join(await sharedFolder(), `postgres-${major}-${version}`);
  if (existsSync(target)) return target;
  const temporary = `${target}.${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  await copyTree(join(folder, 'native'), join(temporary, 'native'));
  await layLinks(temporary);
  await chmod(temporary, 0o755);
  try {
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(target)) throw new PgfleetError('permission', `cannot place ${target}`, { cause: error });
  }
  return target;
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.isDirectory()) await copyTree(source, join(to, entry.name));
    else if (entry.isFile() && !entry.name.endsWith('.a')) await copyReadable(source, join(to, entry.name));
  }
}

/** A hard link where the file system allows it and the rights suffice, else a copy that everybody can read. */
async function copyReadable(source: string, target: string): Promise<void> {
  const { mode } = await stat(source);
  const wanted = (mode & 0o111) === 0 ? 0o644 : 0o755;
  if ((mode & wanted) === wanted && (await linked(source, target))) return;
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, wanted);
}

async function linked(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch {
    // Another file system, or one without hard links: the caller copies.
    return false;
  }
}

function run(binDir: string, account: ServerAccount | undefined) {
  return spawnSync(join(binDir, 'postgres'), ['--version'], {
    encoding: 'utf8',
    cwd: '/',
    timeout: 20_000,
    ...asAccount(account),
  });
}

async function describe(
  major: number,
  binDir: string,
  account: ServerAccount | undefined,
): Promise<PostgresInstallation> {
  await access(binDir, constants.R_OK);
  const result = run(binDir, account);
  const version = /^postgres \(PostgreSQL\) (?<version>\S+)/.exec(result.stdout ?? '')?.groups?.['version'];
  if (version === undefined) {
    const found = result.error?.message ?? (result.stderr.trim() || `exit code ${result.status}`);
    throw new PgfleetError(
      'command',
      `${join(binDir, 'postgres')} --version: expected a version, found: ${found}`,
      { cause: result.error },
    );
  }
  return { major, version, binDir, account };
}

import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import {
  distribution,
  dropLists,
  hasApt,
  libraryFolders,
  missingLibraries,
  notInstalled,
  place,
  UNPACKED,
  unpack,
  updateLists,
  wrap,
} from './debian.mjs';
import { capture, findProgram, messageOf, programFolders, ROOT, step, toolFolders } from './run.mjs';

/**
 * The programs we drive: any of `names` will do, `debian` is the package that has it.
 * @typedef {{ names: readonly string[], debian: string, use: string }} Tool
 */

/** @type {readonly Tool[]} */
export const START_TOOLS = [
  { names: ['prometheus'], debian: 'prometheus', use: 'stores metrics and evaluates alert rules' },
  { names: ['promtool'], debian: 'prometheus', use: 'checks the generated configuration' },
  {
    names: ['alertmanager', 'prometheus-alertmanager'],
    debian: 'prometheus-alertmanager',
    use: 'groups alerts and hands them to the notifier',
  },
];

/** @type {readonly Tool[]} */
export const TEST_TOOLS = [
  ...START_TOOLS,
  { names: ['amtool'], debian: 'prometheus-alertmanager', use: 'checks the generated configuration' },
  {
    names: ['node_exporter', 'prometheus-node-exporter'],
    debian: 'prometheus-node-exporter',
    use: 'host metrics are compared with its',
  },
  {
    names: ['postgres_exporter', 'prometheus-postgres-exporter'],
    debian: 'prometheus-postgres-exporter',
    use: 'PostgreSQL metrics are compared with its',
  },
  { names: ['sshd'], debian: 'openssh-server', use: 'the ssh transport is tested against it' },
  { names: ['ssh-keygen'], debian: 'openssh-client', use: 'makes the keys of the ssh tests' },
  { names: ['openssl'], debian: 'openssl', use: 'makes the certificates of the TLS tests' },
  { names: ['busybox'], debian: 'busybox', use: 'capture.sh must run under its shell' },
  { names: ['ps'], debian: 'procps', use: 'shows that nothing is left behind' },
  { names: ['strace'], debian: 'strace', use: 'watches that capture.sh writes nothing' },
  { names: ['shellcheck'], debian: 'shellcheck', use: 'checks capture.sh' },
  { names: ['pgbouncer'], debian: 'pgbouncer', use: 'the exporter is tested through it' },
  { names: ['pgbackrest'], debian: 'pgbackrest', use: 'its backups are read in a test' },
];

/**
 * Finds each tool on this machine or, on Debian and Ubuntu, fetches its package below .pgfleet/tools;
 * then puts the tools at the end of PATH. Resolves to those that are not to be had, and why.
 */
export async function ensureTools(tools) {
  const wanted = [...new Set(absent(tools).map((tool) => tool.debian))];
  const libraries = await postgresLibraries();
  let failures = new Map();
  if ((wanted.length > 0 || libraries.length > 0) && hasApt()) {
    failures = await step(
      `Fetching programs from ${distribution()} packages (nothing is installed): ${[...wanted, ...libraries.map(({ debian }) => debian)].join(', ')}`,
      () => fetchPackages(wanted, libraries),
    ).catch((error) => new Map(wanted.map((name) => [name, messageOf(error)])));
  }
  extendPaths();
  return absent(tools).map((tool) => ({ ...tool, reason: reasonFor(tool, failures) }));
}

function absent(tools) {
  return tools.filter((tool) => findProgram(...tool.names) === undefined);
}

function reasonFor(tool, failures) {
  const failure = failures.get(tool.debian);
  if (failure !== undefined) return failure.split('\n').at(-1);
  return `not on PATH; install it (on Debian and Ubuntu: package ${tool.debian})`;
}

async function fetchPackages(names, libraries) {
  const failures = new Map();
  await updateLists();
  let depends = [];
  for (const name of names) {
    try {
      depends.push(...(await unpack(name)).depends);
    } catch (error) {
      failures.set(name, messageOf(error));
    }
  }
  // What a program is linked with may depend on further libraries: usually one round, never many.
  for (let round = 0; round < 4 && (await unmetLibraries(libraryFolders())).size > 0; round += 1) {
    const fetched = await fetchLibraries(depends);
    if (fetched.length === 0) break;
    depends = fetched.flatMap((found) => found.depends);
  }
  for (const program of (await unmetLibraries([])).keys()) wrap(program);
  for (const library of libraries) await placeLibrary(library, failures);
  place();
  dropLists();
  return failures;
}

/** Programs among the unpacked ones that need libraries which are neither on the system nor in the folders. */
async function unmetLibraries(folders) {
  const programs = readdirSync(UNPACKED)
    .flatMap((name) => programFolders(join(UNPACKED, name)))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const found = await Promise.all(
    programs.map(async (program) => [program, await missingLibraries(program, folders)]),
  );
  return new Map(found.filter(([, missing]) => missing.length > 0));
}

async function fetchLibraries(depends) {
  const candidates = await notInstalled([...new Set(depends.filter((name) => /^lib.*\d/.test(name)))]);
  const fetched = [];
  for (const name of candidates) {
    // Alternatives of other releases do not exist here: the next look for unmet libraries is the judge.
    const result = await unpack(name).catch(() => undefined);
    if (result !== undefined) fetched.push(result);
  }
  return fetched;
}

/** Library names that the PostgreSQL packages of npm expect on the system, and the Debian package of each. */
const LIBRARY_PACKAGES = {
  'libkeyutils.so.1': 'libkeyutils1',
  'libaudit.so.1': 'libaudit1',
  'libcap-ng.so.0': 'libcap-ng0',
  'libpam.so.0': 'libpam0g',
};

async function postgresLibraries() {
  const modules = join(ROOT, 'node_modules');
  if (process.platform !== 'linux' || !existsSync(modules)) return [];
  const packages = readdirSync(modules).filter((name) => /^postgres-\d+$/.test(name));
  const found = await Promise.all(
    packages.map(async (name) => {
      const native = join(modules, name, 'native');
      const own = new Set(readdirSync(join(native, 'lib')));
      // Links that the demo lays before the first start; the loader does not know them yet.
      for (const { target } of JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))) {
        own.add(target.split('/').at(-1));
      }
      const missing = await missingLibraries(join(native, 'bin', 'postgres'));
      return missing
        .filter((library) => !own.has(library) && LIBRARY_PACKAGES[library] !== undefined)
        .map((library) => ({ library, debian: LIBRARY_PACKAGES[library], folder: join(native, 'lib') }));
    }),
  );
  return found.flat();
}

async function placeLibrary({ library, debian, folder }, failures) {
  try {
    await unpack(debian);
    const source = libraryFolders()
      .map((path) => join(path, library))
      .find((path) => existsSync(path));
    if (source === undefined) throw new Error(`${debian}: expected ${library} in it, found none`);
    copyFileSync(source, join(folder, library));
  } catch (error) {
    failures.set(debian, messageOf(error));
  }
}

/** Behind everything else: what the system has comes first. */
function extendPaths() {
  const path = [process.env.PATH ?? '', '/usr/sbin', '/sbin', ...toolFolders()];
  process.env.PATH = path.filter((folder) => folder !== '').join(':');
}

/** Chromium for the tests of the status page: a browser on PATH, or Debian's when we may install it. */
export async function ensureChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  if (findProgram(...names) !== undefined) return undefined;
  if (process.getuid?.() !== 0) return 'no chromium on PATH, and only root can install it';
  if (distribution() !== 'debian' || !hasApt()) return 'no chromium on PATH; install it';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await step('Installing chromium (apt-get install)', async () => {
      await capture('apt-get', ['-q', 'update'], { env }).catch(() => '');
      await capture('apt-get', ['-q', '-y', '--no-install-recommends', 'install', 'chromium'], { env });
    });
    return undefined;
  } catch (error) {
    return `apt-get install chromium failed: ${messageOf(error).split('\n').at(-1)}`;
  }
}

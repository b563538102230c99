import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import process from 'node:process';
import { capture, findProgram, programFolders, TOOLS } from './run.mjs';

/** apt's lists and caches of our own, so that nobody's rights and nobody's state are needed. */
const APT = join(TOOLS, '..', 'apt');

/** Where packages are unpacked until everything they need is there: what lies in TOOLS is complete. */
export const UNPACKED = join(APT, 'unpacked');

/** Whether packages can be fetched here without root: Debian, Ubuntu and their children. */
export function hasApt() {
  return ['apt-get', 'dpkg', 'dpkg-deb', 'dpkg-query'].every((name) => findProgram(name) !== undefined);
}

/** ID of /etc/os-release, for example "debian". */
export function distribution() {
  if (!existsSync('/etc/os-release')) return process.platform;
  return /^ID="?(?<id>[\w.-]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.groups?.id ?? 'unknown';
}

function aptArguments() {
  const options = {
    'Dir::State': join(APT, 'state'),
    'Dir::Cache': join(APT, 'cache'),
    'Dir::Log': join(APT, 'log'),
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': 'true',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'Acquire::Retries': '2',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** Fetches the package lists. Broken third-party sources are no reason to give up: the packages we want may be there. */
export async function updateLists() {
  rmSync(APT, { recursive: true, force: true });
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'log', 'unpacked']) {
    mkdirSync(join(APT, folder), { recursive: true });
  }
  await capture('apt-get', [...aptArguments(), '-q', 'update'], { env: environment() }).catch((error) => {
    if (readdirSync(join(APT, 'state', 'lists')).every((name) => !name.endsWith('Packages'))) throw error;
  });
}

/** Removes the lists and archives; the unpacked packages stay. */
export function dropLists() {
  rmSync(APT, { recursive: true, force: true });
}

/** Fetches a package of the distribution and unpacks it, without running or installing anything. */
export async function unpack(name) {
  const temporary = join(APT, `unpack-${name}`);
  rmSync(temporary, { recursive: true, force: true });
  const root = join(temporary, 'root');
  const depends = await extract(name, root, temporary);
  const prefix = FIXED_PATHS[name];
  if (prefix !== undefined) await makeMovable(name, root, { prefix, depends, temporary });
  renameSync(root, join(UNPACKED, name));
  rmSync(temporary, { recursive: true, force: true });
  return { depends };
}

/** Adds a package's files to a folder; resolves to the names it depends on. */
async function extract(name, root, temporary) {
  const archives = join(temporary, `archive-${name}`);
  mkdirSync(archives, { recursive: true });
  mkdirSync(root, { recursive: true });
  await capture('apt-get', [...aptArguments(), '-q', 'download', name], {
    cwd: archives,
    env: environment(),
  });
  const archive = readdirSync(archives).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get download ${name}: expected a .deb file, found none`);
  await capture('dpkg', ['-x', join(archives, archive), root]);
  return parseDepends(await capture('dpkg-deb', ['-f', join(archives, archive), 'Depends']));
}

/** Packages whose programs look for their templates and web pages in a fixed place, and that place. */
const FIXED_PATHS = {
  prometheus: '/usr/share/prometheus/',
  'prometheus-alertmanager': '/usr/share/prometheus/',
};

/**
 * Makes such programs run from where they were unpacked: the fixed path in them becomes a relative one of
 * the same length, and a small script starts them in their folder. Web libraries that the pages link to
 * come along.
 */
async function makeMovable(name, root, { prefix, depends, temporary }) {
  const seen = new Set([name]);
  let wanted = depends;
  while (wanted.length > 0) {
    const assets = wanted.filter((other) => /^(libjs|fonts)-/.test(other) && !seen.has(other));
    for (const other of assets) seen.add(other);
    const further = await Promise.all(assets.map((other) => extract(other, root, temporary).catch(() => [])));
    wanted = further.flat();
  }
  const programs = join(root, 'usr', 'bin');
  const moved = join(root, 'usr', 'libexec');
  mkdirSync(moved, { recursive: true });
  for (const program of readdirSync(programs)) {
    const path = join(programs, program);
    const content = readFileSync(path);
    if (!content.includes(prefix)) continue;
    const movable = Buffer.from(`${prefix.slice(1)}/`);
    for (let at = content.indexOf(prefix); at >= 0; at = content.indexOf(prefix, at + 1))
      movable.copy(content, at);
    writeFileSync(join(moved, program), content, { mode: 0o755 });
    writeFileSync(path, STARTER.replaceAll('PROGRAM', program), { mode: 0o755 });
  }
}

const STARTER = `#!/bin/sh
# Its templates and pages are found from here.
cd "$(dirname "$0")/../.." && exec usr/libexec/PROGRAM "$@"
`;

/** "a (>= 1) | b, c:any" to ["a", "b", "c"]. */
function parseDepends(text) {
  return text
    .split(/[,|]/)
    .map((part) => part.trim().replace(/[\s(:].*$/s, ''))
    .filter((name) => name !== '');
}

/** Names among these that are not installed on the system. */
export async function notInstalled(names) {
  const result = await Promise.all(
    names.map(async (name) => {
      const status = await capture('dpkg-query', ['-s', name]).catch(() => '');
      return /^Status: .* installed$/m.test(status) ? [] : [name];
    }),
  );
  return result.flat();
}

/** Shared libraries that a program needs and the loader does not find. */
export async function missingLibraries(program, libraryFolders = []) {
  const path = [...libraryFolders, process.env.LD_LIBRARY_PATH ?? ''].filter((part) => part !== '').join(':');
  const env = path === '' ? environment() : { ...environment(), LD_LIBRARY_PATH: path };
  // A script or a static program: ldd says so with an error, and nothing is missing.
  const output = await capture('ldd', [program], { env }).catch(() => '');
  return [...output.matchAll(/^\s*(?<name>\S+) => not found/gm)].map((match) => match.groups?.name ?? '');
}

/** Moves what was unpacked into TOOLS, the libraries first: a program is found there only when it can run. */
export function place() {
  mkdirSync(TOOLS, { recursive: true });
  const names = readdirSync(UNPACKED);
  const isLibrary = (name) => programFolders(join(UNPACKED, name)).length === 0;
  for (const name of [...names.filter(isLibrary), ...names.filter((other) => !isLibrary(other))]) {
    rmSync(join(TOOLS, name), { recursive: true, force: true });
    renameSync(join(UNPACKED, name), join(TOOLS, name));
  }
}

/** Folders with shared libraries, of packages that are unpacked or in place. */
export function libraryFolders() {
  const packages = [TOOLS, UNPACKED].flatMap((base) =>
    existsSync(base) ? readdirSync(base).map((name) => join(base, name)) : [],
  );
  return packages.flatMap((folder) =>
    ['usr/lib', 'lib'].flatMap((sub) => {
      const base = join(folder, sub);
      if (!existsSync(base)) return [];
      const nested = readdirSync(base, { withFileTypes: true }).filter((entry) =>
        /-linux-gnu/.test(entry.name),
      );
      return nested.map((entry) => join(base, entry.name)).filter(holdsLibraries);
    }),
  );
}

/**
 * Puts a small script in a program's place that shows it the libraries among the packages, by paths relative
 * to itself: whoever starts the program, with whatever environment, need not know of them.
 */
export function wrap(program) {
  const folder = dirname(program);
  const moved = join(folder, '..', 'libexec');
  mkdirSync(moved, { recursive: true });
  renameSync(program, join(moved, basename(program)));
  const base = [TOOLS, UNPACKED].find((parent) => program.startsWith(`${parent}/`)) ?? UNPACKED;
  const inTools = (path) => relative(path.startsWith(`${TOOLS}/`) ? TOOLS : UNPACKED, path);
  const libraries = libraryFolders().map((path) => `$tools/${inTools(path)}`);
  const script = `#!/bin/sh
tools="$(cd "$(dirname "$0")/${relative(folder, base)}" && pwd)"
export LD_LIBRARY_PATH="${libraries.join(':')}"
exec "$tools/${inTools(join(moved, basename(program)))}" "$@"
`;
  writeFileSync(program, script, { mode: 0o755 });
}

function holdsLibraries(folder) {
  return readdirSync(folder).some((name) => /\.so(\.|$)/.test(name));
}

function environment() {
  return { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
}

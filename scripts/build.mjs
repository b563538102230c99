import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { extname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { capture, messageOf, ROOT, step } from './run.mjs';

const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.sources');

/** The folders that are the program; tsconfig.build.json includes the same ones. */
const SOURCES = ['cli', 'lib', 'catalog', 'exporters', 'notifier', 'dashboards', 'alert-rules'];

/** The one rule of what is copied beside the compiled code: every file that is not code, documentation or a test. */
function isAsset(path) {
  return !/(\.ts|\.md|\.test\.yml)$/.test(path);
}

/** Builds dist/ unless it was built from exactly these sources. */
export async function ensureBuild() {
  const wanted = fingerprint();
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
    await step('Building dist/', () => build(wanted));
  }
  linkCommand();
}

/** npm links the commands of dependencies only: this lets `npx pgfleet` run our own in the repository. */
function linkCommand() {
  const link = join(ROOT, 'node_modules', '.bin', 'pgfleet');
  chmodSync(join(DIST, 'cli', 'main.js'), 0o755);
  if (!existsSync(link)) symlinkSync(join('..', '..', 'dist', 'cli', 'main.js'), link);
}

async function build(stamp) {
  // Built aside and then put in place: an interrupted build never looks finished.
  const aside = `${DIST}.${process.pid}`;
  const before = `${aside}.before`;
  rmSync(aside, { recursive: true, force: true });
  try {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    await capture(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', aside]);
    for (const folder of SOURCES) {
      const source = join(ROOT, folder);
      if (!existsSync(source)) continue;
      cpSync(source, join(aside, folder), {
        recursive: true,
        filter: (path) => statSync(path).isDirectory() || isAsset(path),
      });
    }
    writeFileSync(join(aside, '.sources'), stamp);
    if (existsSync(DIST)) renameSync(DIST, before);
    renameSync(aside, DIST);
  } finally {
    for (const folder of [aside, before]) rmSync(folder, { recursive: true, force: true });
  }
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
    hash.update(readFileSync(join(ROOT, name)));
  }
  for (const file of SOURCES.flatMap((folder) => filesBelow(join(ROOT, folder)))) {
    if (/\.test\.(ts|yml)$/.test(file) || extname(file) === '.md') continue;
    hash.update(`\0${relative(ROOT, file)}\0`).update(readFileSync(file));
  }
  return `${hash.digest('hex')}\n`;
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensureBuild();
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { attach, ROOT, step } from './run.mjs';

const MODULES = join(ROOT, 'node_modules');
/** Inside node_modules, so that it disappears with them. */
const STAMP = join(MODULES, '.pgfleet-lockfile');

/** Installs the npm packages of the lockfile unless exactly they are there; without network when they are. */
export async function ensureDependencies() {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  if (!matchesLockfile()) {
    await step('Installing npm packages (npm ci)', async () => {
      const code = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
      if (code !== 0) throw new Error(`npm ci failed with exit code ${code}; its output is above`);
    });
  }
  writeFileSync(STAMP, wanted);
}

function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** Whether somebody's own `npm ci` already laid what the lockfile names. */
function matchesLockfile() {
  const installedFile = join(MODULES, '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).every(
    ([path, { version, optional, link }]) => {
      if (path === '' || link) return true;
      const found = installed[path];
      return found === undefined ? optional === true : found.version === version;
    },
  );
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** The npm that runs us, when it does: the one on PATH may be another. */
function npm(args) {
  const cli = process.env.npm_execpath;
  return cli !== undefined && basename(cli) === 'npm-cli.js'
    ? attach(process.execPath, [cli, ...args])
    : attach('npm', args);
}

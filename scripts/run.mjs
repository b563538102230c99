import { spawn } from 'node:child_process';
import { accessSync, existsSync, constants as fs, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The repository. Scripts here run before anything is installed: they use nothing but Node itself. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where programs of Debian packages are unpacked, one folder per package. */
export const TOOLS = join(ROOT, '.pgfleet', 'tools');

/**
 * Runs a program and resolves to its output; rejects, with the end of that output, when it fails.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<string>}
 */
export function capture(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: ROOT, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.once('error', (cause) => reject(new Error(`${file}: cannot be started`, { cause })));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(new Error(`${[file, ...args].join(' ')}: ${signal ?? `exit code ${code}`}\n${tail(output)}`));
    });
  });
}

/**
 * Runs a program with our terminal and resolves to its exit code. A Ctrl-C reaches it from the
 * terminal, so we wait for it; a SIGTERM to us alone is passed on.
 */
export function attach(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: ROOT, ...options, stdio: 'inherit' });
    const wait = () => undefined;
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', wait).on('SIGTERM', pass);
    child.once('error', (cause) => reject(new Error(`${file}: cannot be started`, { cause })));
    child.once('exit', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', pass);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** The first of the programs that is on PATH, in the system's folders for servers, or among our tools. */
export function findProgram(...names) {
  const folders = [
    ...new Set([...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', ...toolFolders()]),
  ];
  for (const folder of folders) {
    for (const name of names) {
      const path = join(folder, name);
      if (folder !== '' && isExecutable(path)) return path;
    }
  }
  return undefined;
}

/** Program folders of the packages in TOOLS. */
export function toolFolders() {
  if (!existsSync(TOOLS)) return [];
  return readdirSync(TOOLS).flatMap((name) => programFolders(join(TOOLS, name)));
}

/** Program folders of one unpacked package. */
export function programFolders(folder) {
  return ['usr/bin', 'usr/sbin', 'bin', 'sbin']
    .map((sub) => join(folder, sub))
    .filter((path) => existsSync(path));
}

function isExecutable(path) {
  try {
    accessSync(path, fs.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Prints what is being done and, when it is done, how long it took. */
export async function step(title, work) {
  const started = Date.now();
  process.stdout.write(`${title} …\n`);
  const result = await work();
  process.stdout.write(`  done in ${seconds(started)}\n`);
  return result;
}

export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** The text of an error with its causes, without a stack: these scripts speak to people. */
export function messageOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}

function tail(text) {
  return text.trimEnd().split('\n').slice(-25).join('\n');
}

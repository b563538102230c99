import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuild } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT } from './run.mjs';
import { ensureTools } from './tools.mjs';

/**
 * Everything between a fresh clone and a running program: npm packages, the programs we drive, dist/.
 * Each part looks first whether it is there already, so the second time takes no network and no time.
 * Resolves to the tools that are not to be had here, each with the reason.
 */
export async function setup(tools) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`expected Node 20.19 or later, found ${process.versions.node}`);
  }
  return oneAtATime(async () => {
    await ensureDependencies();
    const missing = await ensureTools(tools);
    await ensureBuild();
    return missing;
  });
}

/** `npm start` and `npm test` of one clone may be started together: one of them sets up, the other waits. */
async function oneAtATime(work) {
  const folder = join(ROOT, '.pgfleet');
  const lock = join(folder, 'setup.lock');
  mkdirSync(folder, { recursive: true });
  let told = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isAlive(holder(lock))) rmSync(lock, { force: true });
      else if (!told) process.stdout.write('Waiting for another pgfleet that is setting up …\n');
      told = true;
      await sleep(300);
    }
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

function holder(lock) {
  return existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
}

function isAlive(pid) {
  if (pid === 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

import { readFileSync } from 'node:fs';
import process from 'node:process';

const CHECK_MS = 500;

/**
 * Ends this process, by SIGTERM to itself, when the npm that runs it is gone: npm's shell dies of a
 * signal without passing it on, and everything started here would go on unseen.
 */
export function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const family = npmFamily();
  if (family.length === 0) return;
  const timer = setInterval(() => {
    if (family.every(({ pid, parent }) => parentOf(pid) === parent)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  timer.unref();
}

/** Ourselves and, where npm's shell stands between us and npm, that shell: whose parent must stay the same. */
function npmFamily() {
  const own = { pid: process.pid, parent: parentOf(process.pid) };
  if (own.parent === undefined) return [];
  const isNpm = nameOf(own.parent)?.startsWith('npm') ?? true;
  return isNpm ? [own] : [own, { pid: own.parent, parent: parentOf(own.parent) }];
}

/** Undefined where there is no such process, or no /proc. */
function parentOf(pid) {
  const parent = /\) \S+ (?<parent>\d+) [^)]*$/.exec(read(`/proc/${pid}/stat`) ?? '')?.groups?.parent;
  return parent === undefined ? undefined : Number(parent);
}

function nameOf(pid) {
  return read(`/proc/${pid}/comm`)?.trim();
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

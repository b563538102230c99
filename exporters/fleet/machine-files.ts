import { open, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PgfleetError } from '../../lib/errors.ts';

/**
 * The files of a machine as discovery reads them: this machine's own, or those a capture holds. Absent
 * files are undefined; what exists and may not be read throws PgfleetError `permission`.
 */
export interface MachineFiles {
  /** Up to a megabyte of text. */
  text(path: string): Promise<string | undefined>;
  /** The first bytes. */
  bytes(path: string, length: number): Promise<Uint8Array | undefined>;
  /** Names in a folder, sorted; none when it does not exist. */
  names(path: string): Promise<readonly string[]>;
  /** Where a symbolic link leads. */
  link(path: string): Promise<string | undefined>;
  /** The same text for the same folder, whatever path or mount it is seen through. */
  identity(path: string): Promise<string | undefined>;
}

const MAX_TEXT_BYTES = 1_048_576;

/** The files of this machine, or of a copy of one below `root`. */
export function localFiles(root = '/'): MachineFiles {
  const at = (path: string) => join(root, path);
  return {
    text: (path) =>
      unlessAbsent(path, async () => (await readStart(at(path), MAX_TEXT_BYTES)).toString('utf8')),
    bytes: (path, length) => unlessAbsent(path, () => readStart(at(path), length)),
    names: async (path) => (await unlessAbsent(path, async () => (await readdir(at(path))).sort())) ?? [],
    link: (path) => unlessAbsent(path, () => readlink(at(path))),
    identity: (path) =>
      unlessAbsent(path, async () => {
        const { dev, ino } = await stat(at(path), { bigint: true });
        return `${dev}:${ino}`;
      }),
  };
}

async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    let size = 0;
    // Files of /proc give a piece per read, whatever is asked.
    for (;;) {
      const { bytesRead } = await file.read(buffer, size, length - size);
      size += bytesRead;
      if (bytesRead === 0 || size === length) return buffer.subarray(0, size);
    }
  } finally {
    await file.close();
  }
}

// ESRCH: the process ended while its files were read. EINVAL: not a link.
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'EINVAL', 'EISDIR', 'ELOOP']);
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

async function unlessAbsent<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (ABSENT.has(code)) return undefined;
    const reason = FORBIDDEN.has(code) ? 'permission' : 'internal';
    throw new PgfleetError(reason, `${path}: cannot be read`, { cause: error });
  }
}

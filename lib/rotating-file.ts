import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A log file that starts anew when it has grown to `maxBytes`: the old one becomes `PATH.1`, that one
 * `PATH.2`, up to `kept`. Writes at once, so that what a program said last is there after it died.
 */
export class RotatingFile {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #kept: number;
  #fd: number;
  #size: number;

  constructor(path: string, options: { maxBytes: number; kept: number }) {
    this.path = path;
    this.#maxBytes = options.maxBytes;
    this.#kept = options.kept;
    mkdirSync(dirname(path), { recursive: true });
    this.#fd = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
  }

  write(chunk: Buffer | string): void {
    if (this.#size >= this.#maxBytes) this.#rotate();
    this.#size += writeSync(this.#fd, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #rotate(): void {
    closeSync(this.#fd);
    rmSync(`${this.path}.${this.#kept}`, { force: true });
    for (let n = this.#kept - 1; n >= 0; n -= 1) moveIfThere(numbered(this.path, n), `${this.path}.${n + 1}`);
    this.#fd = openSync(this.path, 'a', 0o600);
    this.#size = 0;
  }
}

function numbered(path: string, n: number): string {
  return n === 0 ? path : `${path}.${n}`;
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The script that runs on every host; `cat` it, read it, copy it to hosts without a network. */
export const CAPTURE_SCRIPT_PATH = fileURLToPath(new URL('../capture.sh', import.meta.url));

let loaded: Promise<string> | undefined;

/** capture.sh as it is sent over a network in every scrape: without comments and indentation. */
export function captureScript(): Promise<string> {
  loaded ??= readFile(CAPTURE_SCRIPT_PATH, 'utf8').then(compact);
  return loaded;
}

/** Drops comment lines, blank lines and leading blanks: none of capture.sh's strings spans such lines. */
export function compact(script: string): string {
  const lines = script.split('\n').map((line) => line.trimStart());
  return `${lines.filter((line) => line !== '' && !line.startsWith('#')).join('\n')}\n`;
}

import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, unreadable } from '../host-error.ts';
import { type CaptureText, MAX_CAPTURE_BYTES, type Transport } from './transport.ts';

/** One capture that is replaced, or a folder to which captures of the host are added. */
export type CapturePlace = { readonly file: string } | { readonly directory: string };

const ENDING = '.cap';

/** Reads what `capture.sh` printed earlier: air-gapped hosts, support bundles, recorded machines. */
export function createCaptureFileTransport(place: CapturePlace): Transport {
  return {
    kind: 'capture',
    description: 'file' in place ? `file ${place.file}` : `newest ${ENDING} file of ${place.directory}`,
    run: async (): Promise<CaptureText> => {
      const file = 'file' in place ? place.file : await newestCapture(place.directory);
      return { text: await readCapture(file), exchange: undefined };
    },
    close: async () => undefined,
  };
}

/** Hidden files are on their way here: rsync and the like write them first and rename them. */
async function newestCapture(directory: string): Promise<string> {
  try {
    const names = (await readdir(directory)).filter((name) => name.endsWith(ENDING) && !name.startsWith('.'));
    const files = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
    );
    const [newest] = files.sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1));
    if (newest !== undefined) return join(directory, newest.name);
  } catch (error) {
    throw unreadable('file', 'capture directory', directory, error);
  }
  throw new HostError('file', `capture directory ${directory}: expected a file *${ENDING}, found none`);
}

async function readCapture(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const buffer = Buffer.alloc(Math.min(size, MAX_CAPTURE_BYTES));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable('file', 'capture file', file, error);
  }
}

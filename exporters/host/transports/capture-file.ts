import { open } from 'node:fs/promises';
import { unreadable } from '../host-error.ts';
import { type CaptureText, MAX_CAPTURE_BYTES, type Transport } from './transport.ts';

/** Reads what `capture.sh` printed earlier: air-gapped hosts, support bundles, recorded machines. */
export function createCaptureFileTransport({ file }: { readonly file: string }): Transport {
  return {
    kind: 'capture',
    description: `file ${file}`,
    run: async (): Promise<CaptureText> => ({ text: await readCapture(file), exchange: undefined }),
    close: async () => undefined,
  };
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

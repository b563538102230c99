import { MAX_CAPTURE_BYTES } from './transport.ts';

const NEWLINE = 0x0a;
const START = /(?:^|\n)pgfleet-capture \d{1,4} (?<token>[0-9a-f-]{32,64}) /;
/** Noise of shell start-up files before the capture is searched up to here. */
const SEARCHED_BYTES = 256 * 1024;

/**
 * Gathers a capture as it arrives and knows when it is complete, without waiting for the channel to
 * close: a hanging tool on the host may hold that open for ever.
 */
export class CaptureStream {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #token: string | undefined;

  /** True when nothing more is needed: the end mark was seen or the largest size reached. */
  push(chunk: Buffer): boolean {
    if (this.#bytes >= MAX_CAPTURE_BYTES) return true;
    this.#chunks.push(chunk.subarray(0, MAX_CAPTURE_BYTES - this.#bytes));
    this.#bytes += chunk.length;
    return this.#bytes >= MAX_CAPTURE_BYTES || this.#complete();
  }

  get started(): boolean {
    return this.#token !== undefined;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #complete(): boolean {
    if (this.#token === undefined && this.#bytes <= SEARCHED_BYTES) {
      this.#token = START.exec(Buffer.concat(this.#chunks).toString('latin1'))?.groups?.['token'];
    }
    const last = this.#chunks.at(-1);
    if (this.#token === undefined || last?.at(-1) !== NEWLINE) return false;
    return this.#tail().includes(`\n${this.#token} complete `);
  }

  /** The last bytes, over the border of chunks. */
  #tail(): string {
    let tail = '';
    for (let index = this.#chunks.length - 1; index >= 0 && tail.length < 256; index -= 1) {
      tail = (this.#chunks[index]?.subarray(-256).toString('latin1') ?? '') + tail;
    }
    return tail.slice(-256);
  }
}

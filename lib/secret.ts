import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A password, token or secret URL. It shows itself only through `reveal()`, never when printed or serialised. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself: call it where it is sent, never to build a message. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

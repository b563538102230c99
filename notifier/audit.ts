import type { Store } from './store.ts';

/** A durable record of what the notifier did beside delivering; details are free of secrets. */
export class Audit {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  write(action: string, object: string, detail: string, actor = 'notifier'): void {
    this.#store.run(
      'insert into audit (at, actor, action, object, detail) values (:at, :actor, :action, :object, :detail)',
      { at: this.#now(), actor, action, object, detail },
    );
  }
}

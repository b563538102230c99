import type { Duty, DutyContext } from './duty.ts';
import { Wakeable } from './wakeable.ts';

/** Runs duties, each at its own interval, until `stop`. */
export class Rota {
  readonly #bells: Wakeable[] = [];
  readonly #runs: Promise<void>[] = [];
  #stopping = false;

  constructor(duties: readonly Duty[], context: DutyContext) {
    for (const duty of duties) {
      const bell = new Wakeable();
      this.#bells.push(bell);
      this.#runs.push(this.#repeat(duty, context, bell));
    }
  }

  /** Resolves when the turns that are running have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const bell of this.#bells) bell.ring();
    await Promise.all(this.#runs);
  }

  async #repeat(duty: Duty, context: DutyContext, bell: Wakeable): Promise<void> {
    const turn = duty.prepare(context);
    let failing = false;
    while (!this.#stopping) {
      try {
        await turn();
        if (failing) context.log.info({ duty: duty.name }, 'duty works again');
        failing = false;
      } catch (error) {
        // Said once, not at every turn.
        if (!failing) context.log.warn({ duty: duty.name, err: error }, 'duty failed');
        failing = true;
      }
      if (!this.#stopping) await bell.sleep(duty.everySeconds * 1000);
    }
  }
}

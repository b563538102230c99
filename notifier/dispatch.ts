import { type DeliveryParts, RobotWorker } from './deliver.ts';

/** How long a message that is being sent may go on when the notifier stops. */
const STOP_GRACE_MS = 5000;

interface Running {
  readonly worker: RobotWorker;
  readonly done: Promise<void>;
}

/** One worker per robot of the plan. */
export class Dispatch {
  readonly #parts: DeliveryParts;
  readonly #workers = new Map<string, Running>();
  /** Of robots that left the plan; they may still be sending their last message. */
  readonly #leaving = new Set<Running>();

  constructor(parts: Omit<DeliveryParts, 'onTrouble'>) {
    this.#parts = { ...parts, onTrouble: () => this.wake() };
  }

  /** Starts workers for robots that are new in the plan, stops those of robots that are gone, wakes the rest. */
  start(): void {
    const robots = new Set([...this.#parts.plan().channels.values()].map(({ robot }) => robot));
    for (const [robot, running] of this.#workers) {
      if (robots.has(robot)) continue;
      running.worker.stop();
      this.#workers.delete(robot);
      this.#leaving.add(running);
    }
    for (const robot of robots) {
      if (this.#workers.has(robot)) continue;
      const worker = new RobotWorker(robot, this.#parts);
      this.#workers.set(robot, { worker, done: worker.run() });
    }
    this.wake();
  }

  wake(): void {
    for (const { worker } of this.#workers.values()) worker.wake();
  }

  async stop(): Promise<void> {
    const running = [...this.#workers.values(), ...this.#leaving];
    for (const { worker } of running) worker.stop();
    const timer = setTimeout(() => {
      for (const { worker } of running) worker.abort();
    }, STOP_GRACE_MS);
    await Promise.all(running.map(({ done }) => done));
    clearTimeout(timer);
    this.#workers.clear();
  }
}

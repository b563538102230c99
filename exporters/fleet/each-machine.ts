import { PgfleetError } from '../../lib/errors.ts';
import type { DiscoveryContext, Machine, Sighting } from './technique.ts';

/** Reports what could not be read while a technique goes on. */
export type ReportGap = (...errors: readonly PgfleetError[]) => void;

/** Looks at every machine in turn; one that cannot be read is a gap and costs only itself. */
export async function* onEachMachine(
  context: DiscoveryContext,
  look: (machine: Machine, report: ReportGap) => AsyncIterable<Sighting>,
): AsyncIterable<Sighting> {
  for (const machine of context.machines) {
    const report: ReportGap = (...errors) => {
      for (const error of errors) context.gap({ where: machine.name, error });
    };
    try {
      yield* look(machine, report);
    } catch (error) {
      if (!(error instanceof PgfleetError)) throw error;
      report(error);
    }
    if (context.signal.aborted) return;
  }
}

import { errorMessage, PgfleetError } from '../../lib/errors.ts';
import { loadUnits } from '../../lib/units.ts';
import type { DiscoveryContext, Gap, Sighting, Technique } from './technique.ts';

/** What all techniques saw in one run. */
export interface Discovered {
  readonly sightings: readonly FoundSighting[];
  readonly gaps: readonly FoundGap[];
  readonly runs: readonly TechniqueRun[];
}

export interface FoundSighting extends Sighting {
  readonly technique: string;
}

export interface FoundGap extends Gap {
  readonly technique: string;
}

/** How one technique went. */
export interface TechniqueRun {
  readonly technique: string;
  readonly help: string;
  readonly sightings: number;
  readonly gaps: number;
  readonly durationMs: number;
  /** Why it did not finish; undefined when it did. */
  readonly error: string | undefined;
}

/** Every technique of the folder; a new file there is all it takes to add one. */
export async function loadTechniques(): Promise<Technique[]> {
  const units = await loadUnits<Technique>(new URL('./discovery/', import.meta.url), 'technique');
  return units.map((unit) => unit.value);
}

/** Runs the techniques side by side; one that fails costs only itself. `onDone` is told as each ends. */
export async function discover(
  techniques: readonly Technique[],
  context: Omit<DiscoveryContext, 'gap'>,
  onDone: (run: TechniqueRun) => void = () => undefined,
): Promise<Discovered> {
  const results = await Promise.all(
    techniques.map(async (technique) => {
      const result = await runTechnique(technique, context);
      onDone(result.run);
      return result;
    }),
  );
  return {
    sightings: results.flatMap(({ sightings }) => sightings),
    gaps: results.flatMap(({ gaps }) => gaps),
    runs: results.map(({ run }) => run),
  };
}

async function runTechnique(
  { name, help, discover: look }: Technique,
  context: Omit<DiscoveryContext, 'gap'>,
) {
  const startedAt = context.now();
  const sightings: FoundSighting[] = [];
  const gaps: FoundGap[] = [];
  let error: string | undefined;
  try {
    const found = look({ ...context, gap: (gap) => gaps.push({ ...gap, technique: name }) });
    for await (const sighting of found) sightings.push({ ...sighting, technique: name });
  } catch (thrown) {
    // A bug in a technique must not take the others along, but it must not look like "nothing there" either.
    error = thrown instanceof PgfleetError ? thrown.message : `internal error: ${errorMessage(thrown)}`;
  }
  const durationMs = context.now() - startedAt;
  const run = { technique: name, help, sightings: sightings.length, gaps: gaps.length, durationMs, error };
  return { sightings, gaps, run };
}

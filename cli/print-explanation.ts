import { loadCatalog } from '../catalog/catalog.ts';
import { closest } from '../lib/closest.ts';
import { PgfleetError } from '../lib/errors.ts';
import type { ExplainedCollector, Explanation, Exporter } from '../lib/exporter.ts';
import { catalogOverlays } from './catalog-folders.ts';
import { commandLog } from './command-log.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';
import { createExporters, type Exporters } from './exporters.ts';

interface ExplainRequest {
  readonly target: string;
  readonly config: string;
  readonly json: boolean;
  /** Print everything a collector reads, not only its first line. */
  readonly sql: boolean;
}

/** Prints the plan for one target; ends unwell when the target could not be asked. */
export async function printExplanation(request: ExplainRequest): Promise<number> {
  const config = await loadConfig({ file: request.config, env: process.env });
  const exporters = await createExporters(config, loadCatalog(catalogOverlays(config)), commandLog());
  try {
    const explanation = await ownerOf(exporters, request.target).explain(request.target);
    const text = request.json
      ? JSON.stringify(explanation, null, 2)
      : explanationText(explanation, request.sql);
    process.stdout.write(`${text}\n`);
    return explanation.error === undefined ? EXIT.ok : EXIT.unwell;
  } finally {
    await exporters.close();
  }
}

/** The exporter that has a target of this name; servers come before hosts. Throws `not_found` with a suggestion. */
export function ownerOf(exporters: Pick<Exporters, 'postgres' | 'host'>, target: string): Exporter {
  for (const exporter of [exporters.postgres, exporters.host]) {
    if (exporter.targets().includes(target)) return exporter;
  }
  const names = [...exporters.postgres.targets(), ...exporters.host.targets()];
  const suggestion = closest(target, names);
  const hint =
    suggestion === undefined ? `known: ${names.join(', ') || 'none'}` : `did you mean "${suggestion}"?`;
  throw new PgfleetError('not_found', `no server or host is named "${target}"; ${hint}`);
}

/** The plan in words: facts, then chosen collectors, then discarded ones with their reason. */
export function explanationText(explanation: Explanation, full: boolean): string {
  const facts = Object.entries(explanation.facts).map(([name, value]) => `  ${name}: ${value}`);
  const chosen = explanation.collectors.filter((collector) => collector.chosen);
  const discarded = explanation.collectors.filter((collector) => !collector.chosen);
  return [
    `${explanation.kind} ${explanation.target}`,
    ...(explanation.error === undefined ? [] : [`  error: ${explanation.error}`]),
    ...facts,
    '',
    `Runs (${chosen.length}):`,
    ...chosen.flatMap((collector) => chosenLines(collector, full)),
    '',
    `Does not run (${discarded.length}):`,
    ...discarded.map(
      ({ name, reason, detail }) =>
        `  ${name}: ${reason ?? 'unknown'}${detail === undefined ? '' : `, ${detail}`}`,
    ),
  ].join('\n');
}

function chosenLines(collector: ExplainedCollector, full: boolean): string[] {
  const { name, help, ttlSeconds, timeoutSeconds, lastDurationSeconds, lastSamples, lastError, reads } =
    collector;
  const facts = [
    ttlSeconds > 0 ? `every ${ttlSeconds} s` : 'every scrape',
    timeoutSeconds === undefined ? undefined : `at most ${timeoutSeconds} s`,
    lastDurationSeconds === undefined ? undefined : `last took ${(lastDurationSeconds * 1000).toFixed(1)} ms`,
    lastSamples === undefined ? undefined : `${lastSamples} samples`,
  ].filter((fact) => fact !== undefined);
  return [
    `  ${name}: ${help} (${facts.join(', ')})`,
    ...(lastError === undefined ? [] : [`    failed: ${lastError}`]),
    ...(full
      ? reads
          .trim()
          .split('\n')
          .map((line) => `    ${line}`)
      : []),
  ];
}

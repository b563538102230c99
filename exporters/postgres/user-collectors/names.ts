import type { CollectorDeclaration } from '../../../lib/collector.ts';
import { collector as patroni } from '../patroni/patroni.ts';
import { CONSOLE_COLLECTORS, CONSOLE_SELF_METRICS } from '../pgbouncer/collectors.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { SELF_METRICS } from '../self-metrics.ts';

/** Names that are taken, with who has them: ours, and those of the files read so far. */
export class TakenNames {
  readonly #collectors = new Map<string, string>();
  readonly #families = new Map<string, string>();
  readonly #prefixes: (readonly [prefix: string, owner: string])[] = [];

  constructor(builtIn: readonly PostgresCollector[]) {
    for (const { family } of [...SELF_METRICS, ...CONSOLE_SELF_METRICS]) {
      this.#families.set(family.name, 'pgfleet itself');
    }
    const all: readonly CollectorDeclaration[] = [...builtIn, ...CONSOLE_COLLECTORS, patroni];
    for (const collector of all) {
      const owner = `the built-in collector ${collector.name}`;
      this.#collectors.set(collector.name, owner);
      for (const { family } of collector.metrics) this.#families.set(family.name, owner);
      if (collector.familyPrefix !== undefined) this.#prefixes.push([collector.familyPrefix, owner]);
    }
  }

  /** Takes the names of a file that was found to be right. */
  take(collectors: readonly PostgresCollector[], file: string): void {
    for (const { name, metrics } of collectors) {
      const owner = `collector ${name} of ${file}`;
      this.#collectors.set(name, owner);
      for (const { family } of metrics) this.#families.set(family.name, owner);
    }
  }

  /** What is wrong with the name of a collector; undefined when nothing is. */
  collectorProblem(name: string): string | undefined {
    const owner = this.#collectors.get(name);
    return owner === undefined ? undefined : `"${name}" is the name of ${owner}; choose another one`;
  }

  /** What is wrong with the name of a metric; undefined when nothing is. */
  metricProblem(name: string): string | undefined {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
      return `expected a name of letters, digits and "_", found ${JSON.stringify(name)}`;
    if (name.startsWith('pgfleet_')) return `"${name}": names that start with pgfleet_ are pgfleet's own`;
    const owner = this.#families.get(name) ?? this.#prefixes.find(([prefix]) => name.startsWith(prefix))?.[1];
    return owner === undefined ? undefined : `"${name}" is a metric of ${owner} already`;
  }
}

/** Labels that Prometheus or service discovery put on every series. */
const RESERVED_LABELS: ReadonlySet<string> = new Set(['instance', 'job', 'le', 'quantile']);

/** What is wrong with the name of a label; undefined when nothing is. */
export function labelProblem(name: string): string | undefined {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__'))
    return `expected a label name of letters, digits and "_", found ${JSON.stringify(name)}`;
  return RESERVED_LABELS.has(name) ? `label "${name}" belongs to Prometheus; rename the column` : undefined;
}

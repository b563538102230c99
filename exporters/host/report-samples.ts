import { errorMessage } from '../../lib/errors.ts';
import { redactText } from '../../lib/log.ts';
import type { Sample } from '../../lib/metric.ts';
import type { HostCollector, HostInput } from './host-collector.ts';

/** What the collectors made of one capture: the report says nothing that the metrics do not. */
export interface Readings {
  /** Samples of a family that have a value and these labels. */
  all(family: string, labels?: Readonly<Record<string, string>>): readonly Reading[];
  /** The value of the first of them. */
  value(family: string, labels?: Readonly<Record<string, string>>): number | undefined;
  /** A label of the first of them; undefined where it is empty. */
  label(family: string, label: string): string | undefined;
  /** Collectors that failed, with their message. */
  readonly failures: ReadonlyMap<string, string>;
}

export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Runs every collector over one capture; what a failing one gave before it failed is kept. */
export function readAll(collectors: readonly HostCollector[], input: HostInput): Readings {
  const families = new Map<string, Reading[]>();
  const failures = new Map<string, string>();
  for (const collector of collectors) {
    try {
      for (const sample of collector.samples(input)) keep(families, sample);
    } catch (error) {
      failures.set(collector.name, redactText(errorMessage(error)));
    }
  }
  return readingsFrom(families, failures);
}

/** The same of samples that exist already: those of all tiers of one scrape. */
export function readingsOf(samples: Iterable<Sample>): Readings {
  const families = new Map<string, Reading[]>();
  for (const sample of samples) keep(families, sample);
  return readingsFrom(families, new Map());
}

function readingsFrom(
  families: ReadonlyMap<string, readonly Reading[]>,
  failures: ReadonlyMap<string, string>,
): Readings {
  const all: Readings['all'] = (family, labels = {}) => {
    const wanted = Object.entries(labels);
    const found = families.get(family) ?? [];
    return found.filter((reading) => wanted.every(([label, text]) => reading.labels[label] === text));
  };
  return {
    all,
    value: (family, labels) => all(family, labels)[0]?.value,
    label: (family, label) => all(family)[0]?.labels[label] || undefined,
    failures,
  };
}

function keep(families: Map<string, Reading[]>, sample: Sample): void {
  if (!hasValue(sample)) return;
  const found = families.get(sample.family.name);
  if (found === undefined) families.set(sample.family.name, [sample]);
  else found.push(sample);
}

function hasValue(sample: Sample): sample is Sample & Reading {
  return typeof sample.value === 'number' && !Number.isNaN(sample.value);
}

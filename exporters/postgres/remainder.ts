import type { Row } from './rows.ts';

/** Column that tells the objects apart; the row with the sums of all others has NULL there. */
const ID = 'id';

/**
 * What is remembered of a collector that gives series to some objects and sums up the rest: which objects had
 * series of their own, so that they keep them, and what the sums were, so that a counter over the rest goes on
 * when an object joins it, leaves it or is dropped. A sum that fell or jumped would be taken for traffic.
 */
export class Remainder {
  #named: ReadonlyMap<string, Row> = new Map();
  #sums: Row = {};
  readonly #served = new Map<string, number>();

  /** Objects that had series of their own last time. */
  get ids(): readonly string[] {
    return [...this.#named.keys()];
  }

  /** The same rows, with counters of the rest that only grow: by what objects did while they were in it. */
  apply(rows: readonly Row[], counters: readonly string[]): readonly Row[] {
    const named = new Map(rows.filter((row) => row[ID] !== null).map((row) => [String(row[ID]), row]));
    const joined = [...named].filter(([id]) => !this.#named.has(id)).map(([, row]) => row);
    const left = [...this.#named].filter(([id]) => !named.has(id)).map(([, row]) => row);
    this.#named = named;
    return rows.map((row) => (row[ID] === null ? this.#continued(row, counters, joined, left) : row));
  }

  /** What left the rest counts up to now; what came to it only from now on. */
  #continued(sums: Row, counters: readonly string[], joined: readonly Row[], left: readonly Row[]): Row {
    const row: Record<string, Row[string]> = { ...sums };
    for (const counter of counters) {
      const served = this.#served.get(counter);
      const growth = sumOf([sums, ...joined], counter) - sumOf([this.#sums, ...left], counter);
      const value = served === undefined ? sums[counter] : served + Math.max(0, growth);
      if (typeof value !== 'number') continue;
      this.#served.set(counter, value);
      row[counter] = value;
    }
    this.#sums = sums;
    return row;
  }
}

function sumOf(rows: readonly Row[], column: string): number {
  return rows.reduce((sum, row) => sum + (Number(row[column]) || 0), 0);
}

/** The remainders of several collectors, by their names. */
export class Remainders {
  readonly #byCollector = new Map<string, Remainder>();

  of(collector: string): Remainder {
    const known = this.#byCollector.get(collector) ?? new Remainder();
    this.#byCollector.set(collector, known);
    return known;
  }
}

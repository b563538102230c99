/** Per-second rate of a counter over an interval that always holds enough scrapes. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** Sum of the rate of a counter, kept by labels. */
export function sumRate(selector: string, ...labels: readonly string[]): string {
  const by = labels.length === 0 ? '' : ` by (${labels.join(', ')})`;
  return `sum${by} (${rate(selector)})`;
}

/** Mean time of one operation: what two counters grew by, divided; absent while nothing happens. */
export function meanTime(seconds: string, operations: string, ...labels: readonly string[]): string {
  return `${sumRate(seconds, ...labels)} / (${sumRate(operations, ...labels)} > 0)`;
}

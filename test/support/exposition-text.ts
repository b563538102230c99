/** One parsed exposition in text format 0.0.4, as peers print it. */
export interface ParsedExposition {
  /** Type by family name. */
  readonly types: ReadonlyMap<string, string>;
  /** Series with their labels sorted by name, empty ones left out, and their value as printed. */
  readonly series: ReadonlyMap<string, number>;
}

/** Reads what a real exporter or our renderer prints; throws for a line it does not know. */
export function parseExposition(text: string): ParsedExposition {
  const types = new Map<string, string>();
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, family, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (family !== undefined && type !== undefined) types.set(family, type);
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`not an exposition line: ${line}`);
    series.set(seriesKey(name, labels), Number(value));
  }
  return { types, series };
}

/** The family of a series key of `parseExposition`. */
export function familyOf(key: string): string {
  return key.replace(/\{.*$/s, '');
}

function seriesKey(name: string, labels: string): string {
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)]
    .filter(([, , value]) => value !== '')
    .map(([, label, value]) => `${label}="${value}"`)
    .sort();
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

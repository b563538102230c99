/** A series of a text exposition. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly series: readonly Series[];
  /** Type by family name. */
  readonly types: ReadonlyMap<string, string>;
}

/** Reads the text format 0.0.4. Throws for a line that is not of it. */
export function readExposition(text: string): Exposition {
  const series: Series[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, keyword, name = '', type = ''] = line.split(' ');
      if (keyword === 'TYPE') types.set(name, type);
      continue;
    }
    const match = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)(?: \d+)?$/s.exec(line);
    if (match?.groups === undefined) throw new Error(`not a line of an exposition: ${line}`);
    const { name = '', labels = '', value = '' } = match.groups;
    series.push({ name, labels: readLabels(labels), value: Number(value.replace('Inf', 'Infinity')) });
  }
  return { series, types };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gs)) {
    const plain = value.replace(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char));
    // An empty label is no label.
    if (plain !== '') labels[name] = plain;
  }
  return labels;
}

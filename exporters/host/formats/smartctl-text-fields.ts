/** The lines of smartctl's text output that say "name: value", and all lines, cleaned. */
export interface TextFields {
  readonly lines: readonly string[];
  /** The first value of a name; blanks inside the name count as one, capitals do not matter. */
  get(name: string): string | undefined;
  /** All values of a name, in order. */
  all(name: string): readonly string[];
}

const LONGEST_LINE = 1000;

/** Never throws; a line longer than any that smartctl prints is cut. */
export function textFields(text: string): TextFields {
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line) => (line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line).trimEnd());
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1 || colon > 80) continue;
    const name = nameOf(line.slice(0, colon));
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    if (before === undefined) fields.set(name, [value]);
    else before.push(value);
  }
  return {
    lines,
    get: (name) => fields.get(nameOf(name))?.[0],
    all: (name) => fields.get(nameOf(name)) ?? [],
  };
}

function nameOf(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** A text that says something: not empty, not masked, not smartctl's word for an empty string. */
export function known(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === undefined || text === '' || /^-+$|^\[No Information Found\]$/i.test(text)
    ? undefined
    : text;
}

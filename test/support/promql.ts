/** The parts of a PromQL expression that contract tests hold against what exists. */
export interface PromqlNames {
  /** Metric names, without functions, labels and keywords. */
  readonly metrics: readonly string[];
  /** Label matchers by metric name, as written: `pgfleet:threshold{name="x"}` gives ['name="x"']. */
  readonly matchers: ReadonlyMap<string, readonly string[]>;
}

const KEYWORDS = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'by',
  'without',
  'on',
  'ignoring',
  'inf',
  'nan',
]);
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/gi;
const SELECTOR = /([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^{}]*)\}/g;

/**
 * Names used by an expression. Not a parser (Prometheus is asked for that): strings are emptied first, so
 * nothing inside one is taken for a name, then what cannot hold a metric name is cut away.
 */
export function promqlNames(expression: string): PromqlNames {
  const strings: string[] = [];
  const plain = expression
    .replaceAll(/#[^\n]*/g, '')
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (text) => {
      strings.push(text);
      return `"${strings.length - 1}"`;
    });
  const restore = (text: string) =>
    text.replaceAll(/"(\d+)"/g, (_, index: string) => strings[Number(index)] ?? '');
  const matchers = new Map<string, string[]>();
  for (const [, name = '', body = ''] of plain.matchAll(SELECTOR)) {
    matchers.set(name, [...(matchers.get(name) ?? []), restore(body)]);
  }
  const names = plain
    .replaceAll(/\{[^{}]*\}/g, ' ')
    .replaceAll(/\[[^[\]]*\]/g, ' ')
    .replaceAll(GROUPING, ' ')
    .matchAll(/(?<![\w:$."])([a-zA-Z_:][a-zA-Z0-9_:]*)(?!\s*\()(?![\w:])/g);
  const metrics = [...names].map(([, name = '']) => name).filter((name) => !KEYWORDS.has(name.toLowerCase()));
  return { metrics: [...new Set(metrics)].sort(), matchers };
}

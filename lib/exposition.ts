import { gauge, type Labels, type MetricFamily, type Sample } from './metric.ts';

/** The two text formats Prometheus scrapes. */
export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

export interface Rendered {
  readonly text: string;
  /** Samples left out because an equal name and label set came before, or their family was declared differently. */
  readonly duplicates: number;
  /** Samples with a label value that was not valid Unicode; the bad parts became U+FFFD. */
  readonly replaced: number;
}

const droppedSamples = gauge(
  'pgfleet_exposition_duplicates_dropped',
  'Samples of this scrape left out because an equal series came before.',
);
const replacedLabels = gauge(
  'pgfleet_exposition_labels_replaced',
  'Label values of this scrape with characters that are not Unicode, replaced by U+FFFD.',
);

/** Families that `renderScrape` adds, for the metrics reference and the contract tests. */
export const EXPOSITION_METRICS = [droppedSamples, replacedLabels] as const;

/**
 * Prints samples as one exposition: families in the order they first appear, each with its HELP and
 * TYPE. Absent values (null, undefined) print nothing. A duplicate series never spoils the scrape: the
 * first one stays, the others are dropped and counted.
 */
export function render(samples: Iterable<Sample>, format: Format): Rendered {
  const page = new Page(format);
  page.add(samples);
  return { text: page.text(), duplicates: page.duplicates, replaced: page.replaced };
}

/** Like `render`, with the counts of what was dropped and replaced as samples of their own. */
export function renderScrape(samples: Iterable<Sample>, format: Format): string {
  const page = new Page(format);
  page.add(samples);
  page.add([droppedSamples(page.duplicates), replacedLabels(page.replaced)]);
  return page.text();
}

class Page {
  duplicates = 0;
  readonly #families = new Map<string, Block>();
  readonly #labelText = new LabelText();
  readonly #format: Format;

  constructor(format: Format) {
    this.#format = format;
  }

  get replaced(): number {
    return this.#labelText.replaced;
  }

  add(samples: Iterable<Sample>): void {
    for (const { family, labels, value } of samples) {
      if (value === null || value === undefined) continue;
      const series = this.#labelText.of(family.labels, labels);
      let block = this.#families.get(family.name);
      if (block === undefined) {
        block = { family, first: series, others: undefined, text: header(family, this.#format) };
        this.#families.set(family.name, block);
      } else if (!compatible(block.family, family) || !isNew(block, series)) {
        this.duplicates += 1;
        continue;
      }
      block.text += `${family.name}${series} ${formatValue(value)}\n`;
    }
  }

  text(): string {
    let text = '';
    for (const block of this.#families.values()) text += block.text;
    return this.#format === 'openmetrics' ? `${text}# EOF\n` : text;
  }
}

interface Block {
  readonly family: MetricFamily;
  /** Most families have one series: only the others are worth a set. */
  readonly first: string;
  others: Set<string> | undefined;
  text: string;
}

/** Remembers the series; false when it was there before. */
function isNew(block: Block, series: string): boolean {
  if (series === block.first) return false;
  block.others ??= new Set();
  const before = block.others.size;
  return block.others.add(series).size > before;
}

function compatible(first: MetricFamily, other: MetricFamily): boolean {
  return first === other || first.type === other.type;
}

const headers = {
  text: new WeakMap<MetricFamily, string>(),
  openmetrics: new WeakMap<MetricFamily, string>(),
};

/** HELP and TYPE of a family, written once for all scrapes. */
function header(family: MetricFamily, format: Format): string {
  let text = headers[format].get(family);
  if (text === undefined) {
    text = writeHeader(family, format);
    headers[format].set(family, text);
  }
  return text;
}

function writeHeader(family: MetricFamily, format: Format): string {
  const help = escapeHelp(family.help, format);
  if (format === 'text') return `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n`;
  // OpenMetrics demands `_total` of counters; a peer's name without it keeps its name and loses the type.
  const isCounter = family.type === 'counter' && family.name.endsWith('_total');
  const name = isCounter ? family.name.slice(0, -'_total'.length) : family.name;
  const type = isCounter ? 'counter' : family.type === 'gauge' ? 'gauge' : 'unknown';
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** Renders label sets, remembering the last one: the samples of one row share one labels object. */
class LabelText {
  replaced = 0;
  #lastLabels: Labels | undefined;
  #lastNames: readonly string[] | undefined;
  #lastText = '';

  of(names: readonly string[], labels: Labels): string {
    if (names.length === 0) return '';
    if (labels === this.#lastLabels && sameNames(names, this.#lastNames)) return this.#lastText;
    let text = '';
    for (const name of names) {
      const value = labels[name];
      // Prometheus treats an empty label value as no label.
      if (value === undefined || value === '') continue;
      text += `${text === '' ? '{' : ','}${name}="${this.#escape(value)}"`;
    }
    if (text !== '') text += '}';
    this.#lastLabels = labels;
    this.#lastNames = names;
    this.#lastText = text;
    return text;
  }

  #escape(value: string): string {
    if (!IS_SPECIAL.test(value)) return value;
    let text = value;
    if (HAS_SURROGATE.test(text)) {
      const wellFormed = text.replace(LONE_SURROGATE, '\uFFFD');
      if (wellFormed !== text) text = wellFormed;
    }
    if (text.includes('\uFFFD')) this.replaced += 1;
    return NEEDS_ESCAPE.test(text) ? text.replace(/[\\"\n]/g, escapeChar) : text;
  }
}

/** What any of the steps below looks for: nearly every value has none of it. */
const IS_SPECIAL = /[\\"\n\uD800-\uDFFF\uFFFD]/;
const HAS_SURROGATE = /[\uD800-\uDFFF]/;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const NEEDS_ESCAPE = /[\\"\n]/;

function sameNames(a: readonly string[], b: readonly string[] | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function escapeChar(char: string): string {
  return char === '\n' ? '\\n' : `\\${char}`;
}

function escapeHelp(help: string, format: Format): string {
  return help.replace(format === 'openmetrics' ? /[\\"\n]/g : /[\\\n]/g, escapeChar);
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** OpenMetrics when the client accepts it, as Prometheus says; plain text for everybody else. */
export function negotiate(accept: string | undefined): Format {
  if (accept === undefined) return 'text';
  let best: { format: Format; q: number } = { format: 'text', q: 0 };
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const format = formatOf(type, parameters);
    if (format === undefined) continue;
    const given = parameters.find((parameter) => parameter.startsWith('q='));
    const q = given === undefined ? 1 : Number(given.slice(2)) || 0;
    if (q > best.q) best = { format, q };
  }
  return best.format;
}

function formatOf(type: string, parameters: readonly string[]): Format | undefined {
  if (type === 'application/openmetrics-text') {
    const version = parameters
      .find((parameter) => parameter.startsWith('version='))
      ?.slice('version='.length);
    return version === undefined || version === '1.0.0' || version === '0.0.1' ? 'openmetrics' : undefined;
  }
  return type === 'text/plain' || type === '*/*' || type === 'text/*' ? 'text' : undefined;
}

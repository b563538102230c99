import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Locale, Text } from './text.ts';

/** Never a fixed uid: the reader picks the Prometheus in the variable at the top. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own syntax for a variable
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

export interface Query {
  readonly expr: string;
  /** Grafana's legend format, such as `{{instance}}`; a Text where words are read by people. */
  readonly legend?: string | Text;
  /** Defaults to A, B, C in order; name it where an override or transformation refers to it. */
  readonly refId?: string;
}

/** `instant`: the value now, for tiles and tables. `range`: over the time shown, for curves. */
export type QueryKind = 'instant' | 'range' | 'table';

export function buildQuery(query: Query, index: number, kind: QueryKind, locale: Locale): DataqueryBuilder {
  const { expr, legend = '__auto', refId = String.fromCharCode(65 + index) } = query;
  const builder = new DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(refId)
    .expr(expr.replaceAll(/\s+/g, ' ').trim())
    .legendFormat(typeof legend === 'string' ? legend : legend[locale])
    .format(kind === 'table' ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  return kind === 'range' ? builder.range() : builder.instant();
}

/** A count that is a real 0 when nothing matches, instead of "No data". */
export function countOf(expr: string): string {
  return `count(${expr}) or vector(0)`;
}

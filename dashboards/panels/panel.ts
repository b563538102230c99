import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type {
  DashboardLink,
  DataTransformerConfig,
  DynamicConfigValue,
  Panel as GrafanaPanel,
  GridPos,
  ThresholdsConfig,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { NEUTRAL, type Step, thresholds } from './palette.ts';
import { buildQuery, DATASOURCE, type Query, type QueryKind } from './query.ts';
import type { Locale, Text } from './text.ts';

/** What every panel has, whatever draws it. */
export interface PanelOptions {
  readonly title: Text;
  /** What is seen and what to do about it; shown at the (i) of the panel. */
  readonly description: Text;
  /** Of 24 columns. */
  readonly width: number;
  /** In grid units of 30 pixels. */
  readonly height: number;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly decimals?: number;
  readonly steps?: readonly Step[];
  readonly mappings?: (locale: Locale) => ValueMapping[];
  /** Where a click on a value leads. */
  readonly links?: readonly Link[];
  readonly noValue?: Text;
}

/** The units of Grafana that our base units map to. */
export type Unit =
  | 'none'
  | 'short'
  | 'percentunit'
  | 'bytes'
  | 's'
  | 'dtdhms'
  | 'dateTimeFromNow'
  | 'reqps'
  | 'ops'
  | 'Bps'
  | 'celsius'
  | 'string';

export interface Link {
  readonly title: Text;
  readonly url: string;
}

/** A panel that can be built any number of times: the SDK's builders return their inner object by reference. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  build(locale: Locale): PanelBuilder;
}

/** What we need of every panel builder of the SDK; they share no base class. */
export interface PanelBuilder extends Builder<GrafanaPanel> {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  gridPos(position: GridPos): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  mappings(mappings: ValueMapping[]): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  dataLinks(links: Builder<DashboardLink>[]): this;
  noValue(text: string): this;
  targets(targets: Builder<Dataquery>[]): this;
  withTransformation(transformation: DataTransformerConfig): this;
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
}

/** Fills in everything the panel types have in common. */
export function buildPanel<B extends PanelBuilder>(
  builder: B,
  options: PanelOptions,
  kind: QueryKind,
  locale: Locale,
): B {
  const { title, description, unit, queries, decimals, steps = NEUTRAL, mappings, links, noValue } = options;
  builder
    .title(title[locale])
    .description(description[locale])
    .datasource(DATASOURCE)
    .unit(unit)
    .thresholds(thresholds(steps))
    .mappings(mappings?.(locale) ?? [])
    .targets(queries.map((query, index) => buildQuery(query, index, kind, locale)));
  if (decimals !== undefined) builder.decimals(decimals);
  if (noValue !== undefined) builder.noValue(noValue[locale]);
  if (links !== undefined) builder.dataLinks(links.map((link) => buildLink(link, locale)));
  return builder;
}

/** A link as it stands in an override of one column. */
export function linkProperty(link: Link, locale: Locale): DynamicConfigValue {
  return { id: 'links', value: [{ title: link.title[locale], url: link.url }] };
}

/** The SDK's link builder is that of dashboard links; a data link has only these two fields. */
function buildLink({ title, url }: Link, locale: Locale): Builder<DashboardLink> {
  return { build: () => ({ title: title[locale], url }) as DashboardLink };
}

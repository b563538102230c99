import { readdirSync, readFileSync } from 'node:fs';
import { LOCALES, type Locale } from '../../dashboards/panels/text.ts';

const GENERATED = new URL('../../dashboards/generated/', import.meta.url);

/** The parts of classic dashboard JSON that the tests look at. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly editable?: boolean;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly links: readonly Readonly<Record<string, unknown>>[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly panels: readonly PanelJson[];
}

export interface VariableJson {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query: string;
  readonly refresh?: number;
  readonly datasource?: unknown;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: unknown;
  readonly targets?: readonly TargetJson[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly links?: readonly { title: string; url: string }[];
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options?: unknown };
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
  readonly transformations?: readonly { readonly id: string; readonly options: unknown }[];
}

export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly datasource?: unknown;
  readonly format?: string;
  readonly instant?: boolean;
}

/** The committed dashboards of one language, by file name. */
export function committedDashboards(locale: Locale): ReadonlyMap<string, DashboardJson> {
  const folder = new URL(`${locale}/`, GENERATED);
  const names = readdirSync(folder).sort();
  return new Map(
    names.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as DashboardJson]),
  );
}

/** Every committed dashboard with its language. */
export function allDashboards() {
  return LOCALES.flatMap((locale) =>
    [...committedDashboards(locale)].map(([name, dashboard]) => ({ locale, name, dashboard })),
  );
}

/** Every query of a dashboard's panels and variables, with variables replaced by what "All" means. */
export function expressionsOf({ panels, templating }: DashboardJson): string[] {
  const ofPanels = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const ofVariables = templating.list.flatMap(
    ({ query }) => /^label_values\((.+), *\w+\)$/.exec(query)?.[1] ?? [],
  );
  return [...ofPanels, ...ofVariables].map(withAll);
}

function withAll(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '6h')
    .replaceAll('$__interval', '1m')
    .replaceAll(/="\$(\w+)"/g, '=~".*"')
    .replaceAll(/=~"\$(\w+)"/g, '=~".*"');
}

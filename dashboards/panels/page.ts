import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel as GrafanaPanel,
  type RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Panel } from './panel.ts';
import { type Locale, type Text, text } from './text.ts';
import { buildVariables, type Variable } from './variable.ts';

/** A dashboard as its file declares it. */
export interface Page {
  /** Equals the file name with `pgfleet-` before it; the uid in every language, so links are the same everywhere. */
  readonly id: string;
  readonly title: Text;
  readonly description: Text;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
  /** How far back curves go when it opens. */
  readonly from?: string;
}

export interface Section {
  /** Without a title the panels stand at the top, under no heading. */
  readonly title?: Text;
  readonly panels: readonly Panel[];
}

/** Classic JSON of the oldest Grafana we support; newer ones migrate it when they load it. */
const SCHEMA_VERSION = 39;
const COLUMNS = 24;
const TAG = 'pgfleet';

/** The classic dashboard JSON of a page in one language: what Grafana 10 to 13 provision from a file. */
export function buildPage(page: Page, locale: Locale): Dashboard {
  const { id, title, description, from = 'now-6h' } = page;
  const builder = new DashboardBuilder(title[locale])
    .uid(id)
    .description(description[locale])
    .tags([TAG, `lang:${locale}`])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from, to: 'now' })
    .refresh('1m')
    .variables(buildVariables(page.variables, locale))
    .link(pagesLink(locale));
  const dashboard = builder.build();
  dashboard.schemaVersion = SCHEMA_VERSION;
  dashboard.panels = layOut(page.sections, locale);
  // The SDK sets a placement that hides links in a menu, and knows no other.
  for (const link of dashboard.links ?? []) delete link.placement;
  return dashboard;
}

/** Left to right, wrapped at 24 columns, every line as high as its highest panel; ids in reading order. */
function layOut(sections: readonly Section[], locale: Locale): (GrafanaPanel | RowPanel)[] {
  const placed: (GrafanaPanel | RowPanel)[] = [];
  let y = 0;
  for (const section of sections) {
    if (section.title !== undefined) {
      placed.push(row(section.title[locale], placed.length + 1, y));
      y += 1;
    }
    let x = 0;
    let lineHeight = 0;
    for (const panel of section.panels) {
      if (x + panel.width > COLUMNS) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
      }
      const position = { x, y, w: panel.width, h: panel.height };
      placed.push(
        panel
          .build(locale)
          .id(placed.length + 1)
          .gridPos(position)
          .build(),
      );
      x += panel.width;
      lineHeight = Math.max(lineHeight, panel.height);
    }
    y += lineHeight;
  }
  return placed;
}

function row(title: string, id: number, y: number): RowPanel {
  return { type: 'row', id, title, collapsed: false, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] };
}

function pagesLink(locale: Locale): DashboardLinkBuilder {
  return new DashboardLinkBuilder(text('Dashboards', '仪表盘')[locale])
    .type(DashboardLinkType.Dashboards)
    .tags([TAG, `lang:${locale}`])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(true);
}

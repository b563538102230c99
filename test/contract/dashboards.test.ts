import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GENERATED_DASHBOARDS, generateDashboards, loadPages } from '../../dashboards/build.ts';
import { LOCALES } from '../../dashboards/panels/text.ts';
import { allDashboards, committedDashboards, expressionsOf, type PanelJson } from '../support/dashboards.ts';
import { declaredMetrics } from '../support/declared-metrics.ts';
import { promqlNames } from '../support/promql.ts';
import { loadRules } from '../support/rule-pack.ts';

/** Panel types that every Grafana has without plugins. */
const CORE_PANELS = [
  'row',
  'stat',
  'table',
  'timeseries',
  'bargauge',
  'gauge',
  'text',
  'statetimeline',
  'heatmap',
];
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own syntax for a variable
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const CJK = /\p{Script=Han}/u;

const declared = await declaredMetrics();
const pages = await loadPages();
const ids = pages.map(({ id }) => id);

it('holds the committed files as they would be generated now, and no others', async () => {
  const generated = await generateDashboards();

  const committed = LOCALES.flatMap((locale) =>
    readdirSync(`${GENERATED_DASHBOARDS}/${locale}`).map((name) => `${locale}/${name}`),
  );
  expect(committed.sort()).toEqual(generated.map(({ path }) => path).sort());
  for (const { path, json } of generated) {
    expect(readFileSync(`${GENERATED_DASHBOARDS}/${path}`, 'utf8') === json, `${path} is not current`).toBe(
      true,
    );
  }
});

it('names every dashboard after its file', () => {
  const files = readdirSync(new URL('../../dashboards/', import.meta.url))
    .filter((name) => /^[a-z0-9-]+\.ts$/.test(name) && name !== 'build.ts')
    .map((name) => `pgfleet-${name.replace('.ts', '')}`);

  expect([...ids].sort()).toEqual(files.sort());
});

it('has the same panels, queries and links in every language', () => {
  const shape = (locale: (typeof LOCALES)[number]) =>
    [...committedDashboards(locale)].map(([name, { panels, templating }]) => [
      name,
      panels.map(({ id, type, gridPos, targets }) => ({
        id,
        type,
        gridPos,
        targets: targets?.map(({ expr }) => expr),
      })),
      templating.list.map(({ name: variable, query }) => [variable, query]),
    ]);

  for (const locale of LOCALES) expect(shape(locale)).toEqual(shape('en'));
});

describe.each(allDashboards().map((entry) => [`${entry.locale}/${entry.name}`, entry] as const))(
  '%s',
  (_path, { locale, name, dashboard }) => {
    const { panels, templating, links } = dashboard;
    const variables = templating.list.map((variable) => variable.name);

    it('has a stable uid, a description, and cannot be edited in place', () => {
      expect(`${dashboard.uid}.json`).toBe(name);
      expect(dashboard.uid).toMatch(/^pgfleet-[a-z-]+$/);
      expect(dashboard.description?.length).toBeGreaterThan(20);
      expect(dashboard.editable).toBe(false);
      expect(dashboard.tags).toEqual(['pgfleet', `lang:${locale}`]);
    });

    it('shows its links beside the variables, within the language', () => {
      for (const link of links) {
        expect(link).not.toHaveProperty('placement');
        expect(link['tags']).toContain(`lang:${locale}`);
      }
    });

    it('lets the reader choose the data source first, and refreshes every choice', () => {
      expect(templating.list[0]).toMatchObject({
        name: 'datasource',
        type: 'datasource',
        query: 'prometheus',
      });
      for (const variable of templating.list.slice(1)) {
        expect(variable.datasource).toEqual(DATASOURCE);
        expect(variable.refresh, `${variable.name} refreshes with the time range`).toBe(2);
        expect(variable.label).toBeTruthy();
      }
      expect(new Set(variables).size).toBe(variables.length);
    });

    it('uses only variables it has', () => {
      const used = [...JSON.stringify([panels, templating]).matchAll(/\$\{?(\w+)/g)].map(
        ([, variable = '']) => variable,
      );

      for (const variable of new Set(used)) {
        if (variable.startsWith('__') || /^\d$/.test(variable)) continue;
        expect(variables).toContain(variable);
      }
    });

    it('gives every panel its own id and place', () => {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const [index, panel] of panels.entries()) {
        const { x, w, h } = panel.gridPos;
        expect(x + w, `${panel.title} overflows`).toBeLessThanOrEqual(24);
        expect(Math.min(w, h)).toBeGreaterThan(0);
        for (const other of panels.slice(index + 1)) {
          expect(overlap(panel, other), `${panel.title} overlaps ${other.title}`).toBe(false);
        }
      }
    });

    it('speaks one language', () => {
      const texts = panels.flatMap((panel) => [panel.title ?? '', panel.description ?? '']);
      const chinese = texts.filter((text) => CJK.test(text));

      if (locale === 'zh') expect(chinese.length).toBeGreaterThan(texts.length / 2);
      else expect(chinese).toEqual([]);
    });

    describe.each(
      panels.filter(({ type }) => type !== 'row').map((panel) => [panel.title ?? '', panel] as const),
    )('%s', (_title, panel) => {
      it('is a core panel with title, description and unit', () => {
        expect(CORE_PANELS).toContain(panel.type);
        expect(panel.title?.trim()).toBeTruthy();
        expect(panel.description?.length).toBeGreaterThan(locale === 'zh' ? 7 : 20);
        expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
      });

      it('queries the chosen data source, each query under its own letter', () => {
        const targets = panel.targets ?? [];

        expect(panel.datasource).toEqual(DATASOURCE);
        expect(targets.length).toBeGreaterThan(0);
        for (const target of targets) expect(target.datasource).toEqual(DATASOURCE);
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      });

      it('never shows "No data": a count is a real 0, anything else says what is missing', () => {
        const real = (panel.targets ?? []).every(({ expr }) => /or vector\(0\)$/.test(expr));

        expect(real || Boolean(panel.fieldConfig?.defaults.noValue)).toBe(true);
      });

      it('takes rates over an interval that fits the scrape', () => {
        for (const { expr } of panel.targets ?? []) {
          for (const [, interval] of expr.matchAll(/\b(?:rate|irate|increase)\([^[]*\[([^\]]+)\]/g)) {
            expect(['$__rate_interval', '$__range', '1h', '1d'], expr).toContain(interval);
          }
        }
      });

      it('shows only columns that its queries give', () => {
        if (panel.type === 'table') expect(unknownColumns(panel)).toEqual([]);
      });

      it('links only to dashboards that exist, with variables they have', () => {
        for (const { uid, variables: names } of targetsOfLinks(panel)) {
          expect(ids).toContain(uid);
          const page = pages.find(({ id }) => id === uid);
          for (const variable of names)
            expect(page?.variables.map((known) => known.name)).toContain(variable);
        }
      });
    });
  },
);

describe('expressions', () => {
  it('use only metrics that are declared or recorded', () => {
    const recorded = new Set(loadRules().flatMap(({ record }) => record ?? []));
    const unknown = allDashboards().flatMap(({ name, dashboard }) =>
      expressionsOf(dashboard).flatMap((expr) =>
        promqlNames(expr)
          .metrics.filter((metric) => !declared.has(metric) && !recorded.has(metric))
          .map((metric) => `${name}: ${metric}`),
      ),
    );

    expect([...new Set(unknown)]).toEqual([]);
  });

  it('aggregate counters only after taking their rate', () => {
    for (const { dashboard } of allDashboards()) {
      for (const expr of expressionsOf(dashboard)) {
        expect(expr).not.toMatch(/\b(?:rate|irate|increase)\(\s*(?:sum|max|min|avg)\b/);
      }
    }
  });
});

describe('alerts', () => {
  it('link to dashboards that exist, with variables they have', () => {
    const urls = loadRules().flatMap(({ annotations }) => annotations['dashboard_url'] ?? []);

    for (const url of urls) {
      const { uid, variables } = targetOf(url);
      expect(ids).toContain(uid);
      const known = pages.find(({ id }) => id === uid)?.variables.map((variable) => variable.name);
      for (const variable of variables) expect(known).toContain(variable);
    }
  });
});

function overlap({ gridPos: a }: PanelJson, { gridPos: b }: PanelJson): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** Columns of a table that no query can fill: neither a value of one nor a label one keeps. */
function unknownColumns({ targets = [], transformations = [] }: PanelJson): string[] {
  const values = targets.length === 1 ? ['Value'] : targets.map(({ refId }) => `Value #${refId}`);
  const kept = targets.flatMap(({ expr }) => /^(?:\w+ by \(([^)]*)\))/.exec(expr)?.[1]?.split(',') ?? []);
  const labels = kept.map((label) => label.trim());
  const organize = transformations.find(({ id }) => id === 'organize')?.options as {
    renameByName: Record<string, string>;
  };
  const aggregated = targets.every(({ expr }) => /^\w+ by \(|^time\(\) - \w+ by \(/.test(expr));
  return Object.keys(organize.renameByName).filter(
    (field) => !values.includes(field) && aggregated && !labels.includes(field),
  );
}

function targetsOfLinks({ fieldConfig }: PanelJson) {
  const links = [
    ...(fieldConfig?.defaults.links ?? []),
    ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
      properties.filter(({ id }) => id === 'links').flatMap(({ value }) => value as { url: string }[]),
    ),
  ];
  return links.filter(({ url }) => url.startsWith('/d/')).map(({ url }) => targetOf(url));
}

function targetOf(url: string): { uid: string; variables: string[] } {
  const uid = /\/d\/([a-z-]+)/.exec(url)?.[1] ?? '';
  return { uid, variables: [...url.matchAll(/[?&]var-(\w+)=/g)].map(([, name = '']) => name) };
}

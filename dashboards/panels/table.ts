import type { DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Step } from './palette.ts';
import { buildPanel, type Link, linkProperty, type Panel, type PanelOptions, type Unit } from './panel.ts';
import type { Locale, Text } from './text.ts';

/** A column: a label of the series, or the value of one query (`Value #A`). */
export interface Column {
  readonly field: string;
  readonly title: Text;
  readonly unit?: Unit;
  readonly width?: number;
  readonly decimals?: number;
  readonly mappings?: (locale: Locale) => ValueMapping[];
  /** Colours the background of the cell. */
  readonly steps?: readonly Step[];
  readonly link?: Link;
}

export interface TableOptions extends Omit<PanelOptions, 'unit'> {
  readonly columns: readonly Column[];
  /** The label on which several queries become one row. */
  readonly joinBy?: string;
  readonly sortBy?: { readonly field: string; readonly descending: boolean };
}

/** A table of instant values: only the columns named, in their order, in words people read. */
export function table(options: TableOptions): Panel {
  const { width, height, columns, joinBy, sortBy } = options;
  return {
    width,
    height,
    build: (locale) => {
      const builder = buildPanel(new PanelBuilder(), { ...options, unit: 'none' }, 'table', locale);
      if (joinBy !== undefined) {
        builder.withTransformation({ id: 'joinByField', options: { byField: joinBy, mode: 'outer' } });
      }
      builder
        .withTransformation({
          id: 'filterFieldsByName',
          options: { include: { names: columns.map(({ field }) => field) } },
        })
        .withTransformation({ id: 'organize', options: organize(columns, locale) });
      for (const column of columns) {
        const properties = cellProperties(column, locale);
        if (properties.length > 0) builder.overrideByName(column.title[locale], properties);
      }
      const sorted = columns.find(({ field }) => field === sortBy?.field);
      if (sortBy === undefined || sorted === undefined) return builder;
      return builder.sortBy([
        { build: () => ({ displayName: sorted.title[locale], desc: sortBy.descending }) },
      ]);
    },
  };
}

function organize(columns: readonly Column[], locale: Locale) {
  return {
    excludeByName: {},
    indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
    renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title[locale]])),
  };
}

function cellProperties(column: Column, locale: Locale): DynamicConfigValue[] {
  const { unit, width, decimals, mappings, steps, link } = column;
  const properties: DynamicConfigValue[] = [];
  if (unit !== undefined) properties.push({ id: 'unit', value: unit });
  if (width !== undefined) properties.push({ id: 'custom.width', value: width });
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (mappings !== undefined) properties.push({ id: 'mappings', value: mappings(locale) });
  if (steps !== undefined) {
    const values = steps.map(({ from, color }) => ({ value: from, color }));
    properties.push(
      { id: 'thresholds', value: { mode: 'absolute', steps: values } },
      { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
    );
  }
  if (link !== undefined) properties.push(linkProperty(link, locale));
  return properties;
}

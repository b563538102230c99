import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './query.ts';
import { type Locale, type Text, text } from './text.ts';

/** A choice at the top of a page, filled from the values of a label. */
export interface Variable {
  readonly name: string;
  readonly label: Text;
  /** Such as `label_values(metric, label)`. */
  readonly query: string;
  /** `one`: a page about a single thing. `many`: a filter, with everything as the default. */
  readonly choice: 'one' | 'many';
}

export const ENVIRONMENT: Variable = {
  name: 'env',
  label: text('Environment', '环境'),
  query: 'label_values(pgfleet_registry_server_info, env)',
  choice: 'many',
};

export const SITE: Variable = {
  name: 'site',
  label: text('Site', '站点'),
  query: 'label_values(pgfleet_registry_server_info, site)',
  choice: 'many',
};

/** Servers by `instance`, which every series and every alert link carries. */
export const SERVER: Variable = {
  name: 'instance',
  label: text('Server', '服务器'),
  query: 'label_values(pgfleet_registry_server_info{env=~"$env",site=~"$site"}, instance)',
  choice: 'many',
};

export const HOST: Variable = {
  name: 'host',
  label: text('Host', '主机'),
  query: 'label_values(pgfleet_registry_host_info{env=~"$env",site=~"$site"}, instance)',
  choice: 'many',
};

/** The Prometheus to read, then the page's own choices. */
export function buildVariables(variables: readonly Variable[], locale: Locale): Builder<VariableModel>[] {
  const datasource = new DatasourceVariableBuilder('datasource')
    .label(text('Data source', '数据源')[locale])
    .type('prometheus');
  return [datasource, ...variables.map((variable) => buildVariable(variable, locale))];
}

function buildVariable({ name, label, query, choice }: Variable, locale: Locale): QueryVariableBuilder {
  const builder = new QueryVariableBuilder(name)
    .label(label[locale])
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
  if (choice === 'one') return builder.multi(false).includeAll(false);
  // `.*` also matches series without the label; a list of all values would not.
  return builder
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

import type { Link } from './panel.ts';
import { text } from './text.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Grafana's own syntax for variables
const KEPT = '${datasource:queryparam}&${__url_time_range}';

/** From a tile or curve that carries the label `instance` to the page of that server. */
export const toServer: Link = {
  title: text('Open the server', '打开服务器'),
  url: `/d/pgfleet-instance?var-instance=\${__field.labels.instance}&${KEPT}`,
};

export const toHost: Link = {
  title: text('Open the host', '打开主机'),
  url: `/d/pgfleet-host?var-host=\${__field.labels.instance}&${KEPT}`,
};

/** The same from a cell of a table whose rows have the field `instance` of a server. */
export const rowToServer: Link = {
  title: toServer.title,
  url: `/d/pgfleet-instance?var-instance=\${__data.fields.instance}&${KEPT}`,
};

/** From a row to the host named in a field. */
export function rowToHost(field: 'instance' | 'host'): Link {
  return { title: toHost.title, url: `/d/pgfleet-host?var-host=\${__data.fields.${field}}&${KEPT}` };
}

export const rowToCluster: Link = {
  title: text('Open the cluster', '打开集群'),
  url: `/d/pgfleet-cluster?var-cluster=\${__data.fields.cluster}&${KEPT}`,
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Grafana's own syntax for variables

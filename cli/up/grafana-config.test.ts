import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type GrafanaInput, grafanaDashboards, grafanaDatasource, grafanaIni } from './grafana-config.ts';

const input: GrafanaInput = {
  listen: { host: '127.0.0.1', port: 9435 },
  externalUrl: 'http://127.0.0.1:9435',
  prometheusUrl: 'http://127.0.0.1:9433',
  scrapeIntervalSeconds: 15,
  dashboards: '/repo/dashboards/generated/zh',
  homeDashboard: '/repo/dashboards/generated/zh/fleet.json',
  dataDir: '/data/grafana',
  provisioningDir: '/data/generated/grafana/provisioning',
  adminPasswordFile: '/data/grafana/admin-password',
  language: 'zh',
};

it('listens where it is told, keeps its password in a file and calls nobody', () => {
  const ini = grafanaIni(input);

  expect(ini).toContain('http_addr = 127.0.0.1\nhttp_port = 9435\n');
  expect(ini).toContain('admin_password = $__file{/data/grafana/admin-password}');
  expect(ini).toContain('reporting_enabled = false');
  expect(ini).toContain('default_language = zh-Hans');
});

it('provisions the datasource and the dashboards of one language', () => {
  expect(parse(grafanaDatasource(input)).datasources[0]).toMatchObject({
    type: 'prometheus',
    url: 'http://127.0.0.1:9433',
    isDefault: true,
  });
  expect(parse(grafanaDashboards(input)).providers[0].options.path).toBe('/repo/dashboards/generated/zh');
});

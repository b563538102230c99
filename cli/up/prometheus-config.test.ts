import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PrometheusInput, prometheusArgs, prometheusConfig } from './prometheus-config.ts';

const input: PrometheusInput = {
  origin: 'Made by a test.',
  pgfleet: {
    endpoint: { scheme: 'http', address: { host: '127.0.0.1', port: 9432 } },
    tokenFile: undefined,
  },
  scrapeIntervalSeconds: 15,
  ruleFiles: ['/data/rules/a.rules.yml'],
  alertmanagerUrl: 'http://127.0.0.1:9434',
  companions: { prometheus: { host: '127.0.0.1', port: 9433 } },
};

function jobs(text: string) {
  const list: { job_name: string }[] = parse(text).scrape_configs;
  return Object.fromEntries(list.map((job) => [job.job_name, job]));
}

describe('prometheusConfig', () => {
  it('lets pgfleet find the targets and answer for them', () => {
    expect(jobs(prometheusConfig(input))['postgres']).toEqual({
      job_name: 'postgres',
      metrics_path: '/probe/postgres',
      scheme: 'http',
      http_sd_configs: [{ url: 'http://127.0.0.1:9432/sd/postgres', refresh_interval: '15s' }],
      relabel_configs: [
        { source_labels: ['__address__'], target_label: '__param_target' },
        { target_label: '__address__', replacement: '127.0.0.1:9432' },
      ],
    });
  });

  it('has the jobs that rules and dashboards know', () => {
    const found = jobs(prometheusConfig(input));

    expect(Object.keys(found)).toEqual(['postgres', 'node', 'pgfleet', 'prometheus']);
    expect(found['node']).toMatchObject({ metrics_path: '/probe/host', honor_labels: true });
    expect(found['pgfleet']).toMatchObject({ honor_labels: true });
  });

  it('scrapes a notifier that runs apart', () => {
    const notifier = { host: 'notifier', port: 9432 };

    const { pgfleet } = jobs(prometheusConfig({ ...input, notifier }));

    expect(pgfleet).toMatchObject({ static_configs: [{ targets: ['127.0.0.1:9432', 'notifier:9432'] }] });
  });

  it('presents the token to everything of pgfleet, and only there', () => {
    const text = prometheusConfig({
      ...input,
      pgfleet: { endpoint: { ...input.pgfleet.endpoint, scheme: 'https' }, tokenFile: '/data/token' },
    });

    const client = {
      authorization: { credentials_file: '/data/token' },
      tls_config: { insecure_skip_verify: true },
    };
    const { node, pgfleet, prometheus } = jobs(text);
    expect(node).toMatchObject({ ...client, scheme: 'https', http_sd_configs: [client] });
    expect(pgfleet).toMatchObject({ ...client, scheme: 'https' });
    expect(prometheus).toEqual({ job_name: 'prometheus', static_configs: [{ targets: ['127.0.0.1:9433'] }] });
  });

  it('never asks for a timeout above the interval', () => {
    const { global } = parse(prometheusConfig({ ...input, scrapeIntervalSeconds: 5 }));

    expect(global).toEqual({ scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '5s' });
  });

  it.each([
    ['https://am.example/alerts/', { scheme: 'https', path_prefix: '/alerts', targets: ['am.example'] }],
    ['http://[::1]:9093', { scheme: 'http', targets: ['[::1]:9093'] }],
  ])('sends alerts to %s', (alertmanagerUrl, { targets, ...rest }) => {
    const { alerting } = parse(prometheusConfig({ ...input, alertmanagerUrl }));

    expect(alerting.alertmanagers).toEqual([{ ...rest, static_configs: [{ targets }] }]);
  });

  it('evaluates rules without an Alertmanager too', () => {
    const config = parse(prometheusConfig({ ...input, alertmanagerUrl: undefined }));

    expect(config).not.toHaveProperty('alerting');
    expect(config.rule_files).toEqual(input.ruleFiles);
  });
});

it('prometheusArgs names addresses that lead to where it listens', () => {
  const args = prometheusArgs({
    configFile: '/c.yml',
    dataDir: '/d',
    listen: { host: '::1', port: 9433 },
    retentionSeconds: 7_776_000,
    externalUrl: 'http://[::1]:9433',
  });

  expect(args).toEqual([
    '--config.file=/c.yml',
    '--storage.tsdb.path=/d',
    '--storage.tsdb.retention.time=7776000s',
    '--web.listen-address=[::1]:9433',
    '--web.external-url=http://[::1]:9433',
  ]);
});

import { stringify } from 'yaml';
import { type Address, formatAddress } from '../../lib/config.ts';
import { endpointUrl, httpClientConfig, type PgfleetClient } from './endpoint.ts';

export interface PrometheusInput {
  /** First line of the file: who made it, and from what. */
  readonly origin: string;
  /** Exporters and service discovery. */
  readonly pgfleet: PgfleetClient;
  /** The notifier, where it runs apart from them. */
  readonly notifier?: Address;
  readonly scrapeIntervalSeconds: number;
  readonly ruleFiles: readonly string[];
  /** Where alerts go; undefined: nowhere, rules are evaluated all the same. */
  readonly alertmanagerUrl: string | undefined;
  /** Addresses of Prometheus itself and of what else `pgfleet up` runs, by job name. */
  readonly companions: Readonly<Record<string, Address>>;
}

/** prometheus.yml: our service discovery as jobs `postgres` and `node`, our own metrics, the rules, the way to Alertmanager. */
export function prometheusConfig(input: PrometheusInput): string {
  const { scrapeIntervalSeconds: interval, ruleFiles, alertmanagerUrl, companions } = input;
  return (
    `# ${input.origin}\n` +
    stringify(
      {
        global: {
          scrape_interval: `${interval}s`,
          // Prometheus refuses a timeout above the interval.
          scrape_timeout: `${Math.min(10, interval)}s`,
          evaluation_interval: `${interval}s`,
        },
        rule_files: ruleFiles,
        ...(alertmanagerUrl === undefined ? {} : { alerting: alerting(alertmanagerUrl) }),
        scrape_configs: [
          probeJob('postgres', 'postgres', input),
          // The name that node-mixin's rules and dashboards expect.
          probeJob('node', 'host', input),
          ownJob(input),
          ...Object.entries(companions).map(([job, address]) => ({
            job_name: job,
            static_configs: [{ targets: [formatAddress(address)] }],
          })),
        ],
      },
      { lineWidth: 0 },
    )
  );
}

/** Targets are registry names: they become the parameter `target`, and all scrapes go to pgfleet. */
function probeJob(
  job: string,
  kind: 'postgres' | 'host',
  { pgfleet, scrapeIntervalSeconds }: PrometheusInput,
) {
  const client = httpClientConfig(pgfleet);
  return {
    job_name: job,
    metrics_path: `/probe/${kind}`,
    scheme: pgfleet.endpoint.scheme,
    // A host that keeps the backups of others names their clusters, which its own must not replace.
    ...(kind === 'host' ? { honor_labels: true } : {}),
    ...client,
    http_sd_configs: [
      {
        url: `${endpointUrl(pgfleet.endpoint)}/sd/${kind}`,
        // A reload of pgfleet.yml shows within a scrape or two.
        refresh_interval: `${scrapeIntervalSeconds}s`,
        ...client,
      },
    ],
    // `instance` and the other labels come with the discovered target and stay.
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { target_label: '__address__', replacement: formatAddress(pgfleet.endpoint.address) },
    ],
  };
}

function ownJob({ pgfleet, notifier }: PrometheusInput) {
  const own = notifier === undefined ? [pgfleet.endpoint.address] : [pgfleet.endpoint.address, notifier];
  return {
    job_name: 'pgfleet',
    scheme: pgfleet.endpoint.scheme,
    ...httpClientConfig(pgfleet),
    // Registry series carry the `instance` of the server they describe, which must not be renamed.
    honor_labels: true,
    static_configs: [{ targets: own.map(formatAddress) }],
  };
}

function alerting(url: string) {
  const { protocol, host, pathname } = new URL(url);
  const prefix = pathname.replace(/\/+$/, '');
  return {
    alertmanagers: [
      {
        scheme: protocol.slice(0, -1),
        ...(prefix === '' ? {} : { path_prefix: prefix }),
        static_configs: [{ targets: [host] }],
      },
    ],
  };
}

export interface PrometheusLaunch {
  readonly configFile: string;
  readonly dataDir: string;
  readonly listen: Address;
  readonly retentionSeconds: number;
  readonly externalUrl: string;
}

/** Flags that Prometheus 2.28 to 3.x know. */
export function prometheusArgs(launch: PrometheusLaunch): string[] {
  return [
    `--config.file=${launch.configFile}`,
    `--storage.tsdb.path=${launch.dataDir}`,
    `--storage.tsdb.retention.time=${launch.retentionSeconds}s`,
    `--web.listen-address=${formatAddress(launch.listen)}`,
    // Its own guess is the host's name, which need not lead to a loopback address.
    `--web.external-url=${launch.externalUrl}`,
  ];
}

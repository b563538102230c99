import { stringify } from 'yaml';
import type { InhibitRule } from '../../alert-rules/inhibit.ts';
import { type Address, formatAddress } from '../../lib/config.ts';
import { endpointUrl, httpClientConfig, type PgfleetClient } from './endpoint.ts';

export interface AlertmanagerInput {
  /** First line of the file: who made it, and from what. */
  readonly origin: string;
  /** Where the notifier's webhook is. */
  readonly pgfleet: PgfleetClient;
  /** Name of this Alertmanager at the notifier: the last part of the webhook's path. */
  readonly source: string;
  readonly inhibitRules: readonly InhibitRule[];
}

/** alertmanager.yml: everything goes to the notifier, which decides who is told what and when. */
export function alertmanagerConfig({ origin, pgfleet, source, inhibitRules }: AlertmanagerInput): string {
  const client = httpClientConfig(pgfleet);
  const receiver = 'pgfleet';
  return (
    `# ${origin}\n` +
    stringify(
      {
        route: {
          receiver,
          // Small groups: the notifier merges, and a group of one tells a change at once.
          group_by: ['alertname', 'instance', 'cluster'],
          group_wait: '5s',
          group_interval: '15s',
          // What a notifier that was down has missed is said again this soon.
          repeat_interval: '5m',
        },
        receivers: [
          {
            name: receiver,
            webhook_configs: [
              {
                url: `${endpointUrl(pgfleet.endpoint)}/v1/alertmanager/${encodeURIComponent(source)}`,
                send_resolved: true,
                ...(Object.keys(client).length === 0 ? {} : { http_config: client }),
              },
            ],
          },
        ],
        inhibit_rules: inhibitRules,
      },
      { lineWidth: 0, aliasDuplicateObjects: false },
    )
  );
}

export interface AlertmanagerLaunch {
  readonly configFile: string;
  readonly dataDir: string;
  readonly listen: Address;
  readonly externalUrl: string;
}

/** Flags that Alertmanager 0.23 and later know. */
export function alertmanagerArgs(launch: AlertmanagerLaunch): string[] {
  return [
    `--config.file=${launch.configFile}`,
    `--storage.path=${launch.dataDir}`,
    `--web.listen-address=${formatAddress(launch.listen)}`,
    `--web.external-url=${launch.externalUrl}`,
    // One machine needs no cluster, and its gossip port would be open to all.
    '--cluster.listen-address=',
  ];
}

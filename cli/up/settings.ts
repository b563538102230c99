import { join, resolve } from 'node:path';
import { type Address, formatAddress, parseAddress } from '../../lib/config.ts';
import { PgfleetError } from '../../lib/errors.ts';
import type { UpOptions } from '../commands/up.ts';
import type { FleetConfig } from '../config.ts';
import { reachable } from './endpoint.ts';

/** Prometheus, Alertmanager or Grafana: one that exists already, or one to start. */
export interface Companion {
  /** Where people and pgfleet reach it. */
  readonly url: string;
  readonly listen: Address;
  /** It is somebody else's: nothing is started. */
  readonly existing: boolean;
}

/** pgfleet.yml and the command line taken together. */
export interface UpSettings {
  readonly listen: Address;
  readonly prometheus: Companion;
  readonly alertmanager: Companion;
  readonly grafana: Companion;
  readonly folders: Folders;
}

/** Where `pgfleet up` keeps things, below data_dir. */
export interface Folders {
  readonly data: string;
  readonly generated: string;
  readonly logs: string;
}

export function upSettings(config: FleetConfig, options: UpOptions): UpSettings {
  const data = options.dataDir === undefined ? config.data_dir : resolve(options.dataDir);
  return {
    listen: options.listen === undefined ? config.listen : parseAddress('--listen', options.listen),
    prometheus: companion('prometheus', config.prometheus, options.prometheusListen, options.prometheusUrl),
    alertmanager: companion(
      'alertmanager',
      config.alertmanager,
      options.alertmanagerListen,
      options.alertmanagerUrl,
    ),
    grafana: companion('grafana', config.grafana, options.grafanaListen, undefined),
    folders: { data, generated: join(data, 'generated'), logs: join(data, 'logs') },
  };
}

function companion(
  name: string,
  configured: { readonly listen: Address; readonly url?: string | undefined },
  listenFlag: string | undefined,
  urlFlag: string | undefined,
): Companion {
  const listen = listenFlag === undefined ? configured.listen : parseAddress(`--${name}-listen`, listenFlag);
  const url = urlFlag === undefined ? configured.url : httpUrl(`--${name}-url`, urlFlag);
  return {
    listen,
    url: (url ?? `http://${formatAddress(reachable(listen))}`).replace(/\/+$/, ''),
    existing: url !== undefined,
  };
}

function httpUrl(flag: string, text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text;
  throw new PgfleetError(
    'config',
    `${flag}: expected a URL such as "http://prometheus.example:9090", found ${JSON.stringify(text)}`,
  );
}

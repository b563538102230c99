import { Option } from 'commander';

export const DEFAULT_CONFIG_FILE = 'pgfleet.yml';

/** `--config FILE`, the same in every subcommand. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration file')
    .default(DEFAULT_CONFIG_FILE)
    .env('PGFLEET_CONFIG');
}

/** `--listen HOST:PORT` of the exporters, the status page and the notifier's webhook. */
export function listenOption(): Option {
  return new Option(
    '--listen <host:port>',
    'address of exporters, status page and webhook (default 127.0.0.1:9432)',
  );
}

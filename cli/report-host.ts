import { reportHost } from '../exporters/host/report-host.ts';
import { PgfleetError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';

/** Prints what is known of one host of the configuration, read just now. */
export async function printHostReport({
  name,
  config: file,
}: {
  name: string;
  config: string;
}): Promise<number> {
  const config = await loadConfig({ file, env: process.env });
  const entry = config.hosts.find((host) => host.name === name);
  if (entry === undefined) {
    throw new PgfleetError('not_found', `${name}: expected a host of ${file}, found none of this name`);
  }
  const page = await reportHost(entry, config, { log: createLogger({ name: 'pgfleet', level: 'silent' }) });
  process.stdout.write(`${page}\n`);
  return EXIT.ok;
}

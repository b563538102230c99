import { parseAddress } from '../lib/config.ts';
import { limitHeapGrowth } from '../lib/heap-growth.ts';
import { createLogger } from '../lib/log.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';
import { type Part, startService } from './serve.ts';
import { pgfleetVersion } from './version.ts';

interface RunRequest {
  readonly config: string;
  readonly listen?: string;
  readonly parts: readonly Part[];
}

/** Runs parts of pgfleet until SIGTERM or SIGINT; SIGHUP reloads the configuration. */
export async function runService({ config: file, listen, parts }: RunRequest): Promise<number> {
  const load = () => loadConfig({ file, env: process.env });
  const log = createLogger({ name: 'pgfleet', level: (await load()).log.level });
  limitHeapGrowth();
  const service = await startService({
    load,
    parts,
    log,
    version: pgfleetVersion(),
    ...(listen === undefined ? {} : { listen: parseAddress('--listen', listen) }),
  });
  const reload = () => void service.reload();
  process.on('SIGHUP', reload);
  const signal = await stopSignal();
  process.off('SIGHUP', reload);
  log.info({ signal }, 'stopping');
  await service.close();
  return EXIT.ok;
}

/** Resolves with the name of the first signal that asks the process to stop. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

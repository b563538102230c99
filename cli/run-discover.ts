import { readFileSync } from 'node:fs';
import type { Discovery } from '../exporters/fleet/discoverer.ts';
import { entriesForFound } from '../exporters/fleet/found-entries.ts';
import { appendEntries } from '../exporters/fleet/registry-file.ts';
import { scanTargets } from '../exporters/fleet/scan-plan.ts';
import { type FleetConfig, loadConfig } from './config.ts';
import { discoveryText } from './discovery-text.ts';
import { EXIT } from './exit-codes.ts';
import { auditFile, lookAround } from './look-around.ts';
import { replaceConfig } from './replace-config.ts';

interface DiscoverRequest {
  readonly config: string;
  /** Whether to probe the listed networks. */
  readonly networks: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

/** Looks for servers and prints what was found; ends unwell when something is undeclared, gone or cloned. */
export async function runDiscover(request: DiscoverRequest): Promise<number> {
  const config = await loadConfig({ file: request.config, env: process.env });
  if (request.dryRun) return printTargets(config);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const scanning = request.networks && config.discovery.networks.length > 0;
  if (scanning) progress(`probing the listed networks, recorded in ${auditFile(config)}`);
  const discovery = await lookAround(config, {
    signal: stop.signal,
    networks: request.networks,
    onDone: ({ technique, sightings, error }) =>
      progress(`${technique}: ${error ?? `${sightings} ${sightings === 1 ? 'sighting' : 'sightings'}`}`),
  });
  if (request.json) print(JSON.stringify(withoutErrors(discovery), undefined, 2));
  else print(discoveryText(discovery));
  if (request.write) await writeEntries(request.config, config, discovery);
  const isOdd = discovery.instances.some(
    ({ status, findings }) => status !== 'registered' || findings.length > 0,
  );
  return isOdd ? EXIT.unwell : EXIT.ok;
}

/** Errors are objects without enumerable fields: their messages go into the JSON instead. */
function withoutErrors(discovery: Discovery): unknown {
  return {
    ...discovery,
    gaps: discovery.gaps.map(({ error, ...gap }) => ({ ...gap, error: error.message })),
  };
}

function printTargets(config: FleetConfig): number {
  let count = 0;
  for (const { host, port, level } of scanTargets(config.discovery.networks)) {
    print(`${host.includes(':') ? `[${host}]` : host}:${port} level ${level}`);
    count += 1;
  }
  const seconds = Math.ceil(count / config.discovery.rate);
  progress(`${count} addresses and ports, at least ${seconds} s; nothing was contacted`);
  return EXIT.ok;
}

async function writeEntries(
  file: string,
  config: FleetConfig,
  { instances, endedAt }: Discovery,
): Promise<void> {
  const names = new Set(config.servers.map(({ name }) => name));
  const entries = entriesForFound(instances, names, new Date(endedAt).toISOString().slice(0, 10));
  if (entries.length === 0) {
    progress('nothing to write');
    return;
  }
  await replaceConfig(file, appendEntries(readFileSync(file, 'utf8'), 'servers', entries));
  progress(`${entries.length} entries appended to ${file}; review them`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

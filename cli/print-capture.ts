import { readFile } from 'node:fs/promises';
import { parseCapture } from '../exporters/host/capture.ts';
import { createTransport } from '../exporters/host/exporter.ts';
import { TIERS, type Tier } from '../exporters/host/host-collector.ts';
import { CAPTURE_SCRIPT_PATH } from '../exporters/host/transports/capture-script.ts';
import { createLocalTransport } from '../exporters/host/transports/local.ts';
import type { Transport } from '../exporters/host/transports/transport.ts';
import { startDeadline } from '../lib/deadline.ts';
import { PgfleetError } from '../lib/errors.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';

interface CaptureOptions {
  /** A host of the configuration; undefined for this machine, which needs none. */
  readonly name: string | undefined;
  readonly config: string;
  readonly tier: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly script: boolean;
}

/** Prints a capture as it came; the exit code says whether it is complete. */
export async function printCapture({ name, config, tier, timeout, script }: CaptureOptions): Promise<number> {
  if (script) {
    process.stdout.write(await readFile(CAPTURE_SCRIPT_PATH));
    return EXIT.ok;
  }
  const tiers = tier.includes('all') ? TIERS : TIERS.filter((one: Tier) => tier.includes(one));
  const transport = await transportOf(name, config);
  const budgetMs = timeout * 1000;
  const deadline = startDeadline(budgetMs, new AbortController().signal);
  try {
    const { text } = await transport.run({ tiers, budgetMs, signal: deadline.signal });
    process.stdout.write(text);
    const { header, sections, complete } = parseCapture(text);
    const from = header?.time === undefined ? '' : ` made ${new Date(header.time * 1000).toISOString()}`;
    process.stderr.write(`${sections.size} sections${from}, ${complete ? 'complete' : 'INCOMPLETE'}\n`);
    return complete ? EXIT.ok : EXIT.unwell;
  } finally {
    deadline.clear();
    await transport.close();
  }
}

async function transportOf(name: string | undefined, file: string): Promise<Transport> {
  if (name === undefined) return createLocalTransport({ now: Date.now });
  const config = await loadConfig({ file, env: process.env });
  const entry = config.hosts.find((host) => host.name === name);
  if (entry === undefined) {
    throw new PgfleetError('not_found', `${name}: expected a host of ${file}, found none of this name`);
  }
  return createTransport(entry, config, { now: Date.now });
}

import { createInterface } from 'node:readline/promises';
import { resolveSsh } from '../exporters/host/config.ts';
import { fetchHostKey, pinKey, type ShownKey } from '../exporters/host/transports/host-trust.ts';
import { formatAddress } from '../lib/config.ts';
import { PgfleetError } from '../lib/errors.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';

interface TrustRequest {
  readonly name: string;
  readonly config: string;
  readonly yes: boolean;
  readonly replace: boolean;
}

/** Shows a host's key and pins it once somebody said yes. */
export async function trustHost({ name, config: file, yes, replace }: TrustRequest): Promise<number> {
  const config = await loadConfig({ file, env: process.env });
  const entry = config.hosts.find((host) => host.name === name);
  if (entry?.ssh === undefined) {
    const what = entry === undefined ? 'no host of this name' : `a host with transport ${entry.transport}`;
    throw new PgfleetError(
      'not_found',
      `${name}: expected a host with transport ssh in ${file}, found ${what}`,
    );
  }
  const target = resolveSsh(name, entry.ssh, config.ssh);
  const shown = await fetchHostKey(target);
  process.stdout.write(`${describeKey(name, shown)}\n`);
  if (shown.standing === 'trusted') return EXIT.ok;
  if (!yes && !(await agreed())) {
    process.stdout.write('Not pinned.\n');
    return EXIT.unwell;
  }
  await pinKey(target.knownHostsFile, shown, { replace });
  process.stdout.write(`Pinned in ${target.knownHostsFile}.\n`);
  return EXIT.ok;
}

function describeKey(name: string, { address, key, fingerprint, standing }: ShownKey): string {
  const verdict = {
    trusted: 'It is pinned already.',
    unknown: 'It is not known yet.',
    changed:
      'ANOTHER KEY IS PINNED FOR THIS ADDRESS: the machine was reinstalled, or somebody stands in between.',
    revoked: 'It is marked as revoked.',
  }[standing];
  return `${name} at ${formatAddress(address)} shows the ${key.type} key\n  ${fingerprint}\n${verdict}`;
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new PgfleetError('config', 'no terminal to ask on: compare the fingerprint and give --yes');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    'Does it equal the one on the console of the machine? Type yes to pin it: ',
  );
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}

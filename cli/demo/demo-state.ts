import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PgfleetError } from '../../lib/errors.ts';
import { isFree } from './free-port.ts';
import { runningPostmaster } from './postmaster.ts';
import { canEnter, giveTo, serverAccount, sharedFolder } from './server-account.ts';

const stateSchema = z.object({
  smtpPort: z.number().int(),
  /** Where nothing listens. */
  ghostPort: z.number().int().optional(),
  servers: z.array(
    z.object({ name: z.string(), major: z.number().int(), home: z.string(), port: z.number().int() }),
  ),
});

/** What the demo fleet keeps between runs, in demo/fleet.json: where each server lies and listens. */
export type DemoState = z.output<typeof stateSchema>;
export type ServerPlace = DemoState['servers'][number];

const FIRST_PORT = 15_432;
const PORTS_TRIED = 200;

/** The state of the last run; undefined when the demo never ran here. */
export async function readDemoState(folder: string): Promise<DemoState | undefined> {
  const file = join(folder, 'fleet.json');
  if (!existsSync(file)) return undefined;
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new PgfleetError(
      'parse',
      `${file}: expected the demo fleet's state; remove ${folder} to start anew`,
      {
        cause: error,
      },
    );
  }
}

/** Gives every server the place and port of the last run, and new ones where those are missing or taken by others. */
export async function planDemoState(
  folder: string,
  wanted: readonly { readonly name: string; readonly major: number }[],
): Promise<DemoState> {
  await mkdir(folder, { recursive: true });
  const before = await readDemoState(folder);
  const base = await serversFolder(folder);
  // Apart from those of other clones: while a server of theirs is down, its port must not look free to us.
  const first = FIRST_PORT + 20 * (Number.parseInt(digest(folder).slice(0, 6), 16) % 200);
  const taken = new Set<number>();
  const servers: ServerPlace[] = [];
  for (const { name, major } of wanted) {
    const known = before?.servers.find((server) => server.name === name && server.major === major);
    const home = known?.home ?? join(base, name);
    const port = await choosePort(
      first,
      known?.port,
      taken,
      runningPostmaster(join(home, 'data')) !== undefined,
    );
    servers.push({ name, major, home, port });
  }
  const smtpPort = await choosePort(first, before?.smtpPort, taken, false);
  const ghostPort = await choosePort(first, before?.ghostPort, taken, false);
  const state = { smtpPort, ghostPort, servers };
  await writeFile(join(folder, 'fleet.json'), `${JSON.stringify(state, null, 2)}\n`);
  return state;
}

/** Below the demo's own folder, or in a place that the servers' user can reach when that one is closed to it. */
async function serversFolder(folder: string): Promise<string> {
  const account = serverAccount();
  if (canEnter(account, folder)) {
    await mkdir(join(folder, 'servers'), { recursive: true });
    return join(folder, 'servers');
  }
  const elsewhere = join(await sharedFolder(), `demo-${digest(folder).slice(0, 12)}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  await giveTo(account, elsewhere);
  return elsewhere;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The known port while it is free or ours, else the first free one from `first` on. */
async function choosePort(
  first: number,
  known: number | undefined,
  taken: Set<number>,
  running: boolean,
): Promise<number> {
  const candidates = known === undefined ? [] : [known];
  for (let port = first; port < first + PORTS_TRIED; port += 1) candidates.push(port);
  for (const port of candidates) {
    if (taken.has(port)) continue;
    if ((running && port === known) || (await isFree(port))) {
      taken.add(port);
      return port;
    }
  }
  throw new PgfleetError(
    'connect',
    `demo fleet: expected a free port from ${first} to ${first + PORTS_TRIED - 1}, found none`,
  );
}

/** A password that is made once and kept in a file only we can read. */
export async function keptSecret(file: string): Promise<string> {
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const secret = randomBytes(18).toString('base64url');
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

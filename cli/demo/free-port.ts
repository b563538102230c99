import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PgfleetError } from '../../lib/errors.ts';

/** Below the range from which Linux takes ports for outgoing connections: a server that restarts finds its port again. */
const [FIRST, LAST] = [20_000, 32_000];
const ATTEMPTS = 50;

/** A TCP port on 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
  throw new PgfleetError('connect', `expected a free port from ${FIRST} to ${LAST}, found none`);
}

/** Whether nobody listens on a TCP port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
  } catch {
    // Taken, or not ours to take.
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

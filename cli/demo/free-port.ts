import { once } from 'node:events';
import { createServer } from 'node:net';
import { PgfleetError } from '../../lib/errors.ts';

/** A TCP port on 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new PgfleetError('internal', 'expected a TCP address from a listening socket');
  }
  return address.port;
}

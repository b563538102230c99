import { type AddressInfo, connect, createServer } from 'node:net';

/** A loopback proxy that counts round trips: each time the server speaks after the client did. */
export interface CountingProxy {
  readonly port: number;
  /** Connections accepted so far. */
  connections(): number;
  roundTrips(): number;
  close(): void;
}

export async function countingProxy(port: number): Promise<CountingProxy> {
  let connections = 0;
  let roundTrips = 0;
  const server = createServer((client) => {
    connections += 1;
    let clientSpoke = false;
    const upstream = connect(port, '127.0.0.1');
    client.on('data', (chunk) => {
      clientSpoke = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (clientSpoke) roundTrips += 1;
      clientSpoke = false;
      client.write(chunk);
    });
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    roundTrips: () => roundTrips,
    close: () => server.close(),
  };
}

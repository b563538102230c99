import { connect, createServer } from 'node:net';

/**
 * A process of its own that makes a few servers look like many: listens on COUNT loopback ports and forwards
 * them to the TARGETs in turn. Prints the ports as JSON when it is ready. Arguments: COUNT TARGET...
 */
const [count = 0, ...targets] = process.argv.slice(2).map(Number);

const ports = await Promise.all(
  Array.from(
    { length: count },
    (_, n) =>
      new Promise<number>((resolve) => {
        const server = createServer((client) => {
          const upstream = connect(targets[n % targets.length] ?? 0, '127.0.0.1');
          client.pipe(upstream).pipe(client);
          const end = () => {
            client.destroy();
            upstream.destroy();
          };
          for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
        });
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : 0);
        });
      }),
  ),
);
process.stdout.write(`${JSON.stringify(ports)}\n`);

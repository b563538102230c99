import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { checkPorts } from './ports.ts';

const prometheus = (port: number) => ({
  address: { host: '127.0.0.1', port },
  who: 'Prometheus',
  change: '--prometheus-listen',
});

it('names the busy port, who needs it and what to change', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;

  const check = checkPorts([prometheus(port)]);

  await expect(check).rejects.toMatchObject({
    code: 'connect',
    message: `127.0.0.1:${port} (Prometheus) is already in use; choose another one with --prometheus-listen`,
  });
  holder.close();
  await once(holder, 'close');
  await expect(checkPorts([prometheus(port)])).resolves.toBeUndefined();
});

it('finds two parts that want the same port', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  await once(holder, 'close');

  const check = checkPorts([
    prometheus(port),
    { ...prometheus(port), who: 'Grafana', change: '--grafana-listen' },
  ]);

  await expect(check).rejects.toThrow(
    `127.0.0.1:${port} is meant for Prometheus and for Grafana; change one with --grafana-listen`,
  );
});

it('says so when an address is not one of this machine', async () => {
  const check = checkPorts([{ ...prometheus(9433), address: { host: '192.0.2.1', port: 9433 } }]);

  await expect(check).rejects.toThrow(/^192\.0\.2\.1:9433 \(Prometheus\) cannot be used: .*EADDRNOTAVAIL/);
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { fleetInput } from '../../../test/support/fleet-input.ts';
import { createRegistry } from '../registry.ts';
import { collector } from './registry.ts';

const base = { lifecycle: 'in_service', labels: {} } as const;

it('has a series for every entry, without labels that are not declared', () => {
  const registry = createRegistry({
    servers: [{ name: 'shop-db', address: { host: 'db1', port: 5432 }, owner: 'shop', ...base }],
    hosts: [{ name: 'web1', transport: 'local', warranty_until: '2020-02-29', ...base }],
  });

  const { text } = render(collector.samples(fleetInput({ registry })), 'text');

  expect(text).toContain(
    'pgfleet_registry_server_info{server="shop-db",instance="db1:5432",owner="shop",lifecycle="in_service"} 1\n',
  );
  expect(text).toContain('pgfleet_registry_servers{lifecycle="in_service"} 1\n');
  expect(text).toContain('pgfleet_registry_servers{lifecycle="retired"} 0\n');
  // The last day of the warranty is still covered.
  expect(text).toContain(
    `pgfleet_registry_host_warranty_end_timestamp_seconds{host="web1",instance="web1"} ${Date.UTC(2020, 2, 1) / 1000}\n`,
  );
  expect(text).not.toContain('pgfleet_registry_host_purchase_timestamp_seconds{');
});

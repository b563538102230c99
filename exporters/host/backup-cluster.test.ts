import { expect, it } from 'vitest';
import { clusterOfBackups } from './backup-cluster.ts';

const SERVERS = [
  { cluster: 'shop', host: 'db1' },
  { cluster: 'shop', host: 'db2' },
  { cluster: 'crm', host: 'db3' },
  { host: 'db4' },
];

it.each([
  ['what the configuration says', { name: 'db1', backups: { clusters: { main: 'crm' } } }, 'main', 'crm'],
  ['the cluster that is called like it', { name: 'db1' }, 'crm', 'crm'],
  ['the only cluster on the host', { name: 'db1' }, 'main', 'shop'],
  ['the cluster of the host', { name: 'db4', cluster: 'crm' }, 'main', 'crm'],
  ['its own name on a host of backups', { name: 'backup1' }, 'main', 'main'],
  ['its own name where two clusters run', { name: 'db1', cluster: 'crm' }, 'main', 'main'],
] as const)('takes %s', (_, host, stanza, expected) => {
  const clusterOf = clusterOfBackups({ transport: 'local', ...host }, SERVERS);

  expect(clusterOf(stanza)).toBe(expected);
});

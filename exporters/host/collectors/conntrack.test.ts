import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './conntrack.ts';

const LIMITS =
  '/proc/sys/net/netfilter/nf_conntrack_count\t123\n/proc/sys/net/netfilter/nf_conntrack_max\t65536\n';

it('exports how full the table is, and the events of all CPUs together', () => {
  const conntrack =
    'entries  searched found drop\n00000021  00000000 0000000a 00000001\n00000021 00000000 00000001 0000000f\n';

  expect(collect(collector, { limits: LIMITS, conntrack })).toEqual([
    'node_nf_conntrack_entries 123',
    'node_nf_conntrack_entries_limit 65536',
    'node_nf_conntrack_stat_found 11',
    'node_nf_conntrack_stat_drop 16',
  ]);
});

it('knows the older name, and a host without connection tracking', () => {
  const limits = '/proc/sys/net/ipv4/netfilter/ip_conntrack_count\t5\n';

  expect(collect(collector, { limits })).toEqual(['node_nf_conntrack_entries 5']);
  expect(collect(collector, { limits: { status: 'absent' } })).toEqual([]);
});

it('refuses a line that does not fit the heading', () => {
  expect(() => collect(collector, { conntrack: 'entries found\n0001\n' })).toThrow('2 hexadecimal numbers');
});

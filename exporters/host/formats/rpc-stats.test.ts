import { expect, it } from 'vitest';
import { callsOf, parseRpcStats } from './rpc-stats.ts';

it('gives the calls of a version by name, and none the kernel does not count', () => {
  const stats = parseRpcStats('nfs', 'rpc 1 2 3\nproc2 3 10 11 12\n');

  expect([...callsOf(stats, 'proc2', ['Null', '-', 'SetAttr', 'Root'])]).toEqual([
    { method: 'Null', count: 10 },
    { method: 'SetAttr', count: 12 },
  ]);
  expect([...callsOf(stats, 'proc4', ['Null'])]).toEqual([]);
});

it('refuses other text', () => {
  expect(() => parseRpcStats('nfs', 'nothing\n')).toThrow('/proc/net/rpc/nfs');
});

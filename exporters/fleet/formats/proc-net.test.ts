import { expect, it } from 'vitest';
import { parseProcNetTcp } from './proc-net.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

function line(local: string, state: string, inode: number): string {
  return `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000   113        0 ${inode} 1 0 100 0 0 10 0`;
}

it('lists listening sockets with their owners', () => {
  const text = [HEAD, line('0100007F:1538', '0A', 17034), line('0100007F:8000', '01', 17035), ''].join('\n');

  expect(parseProcNetTcp(text)).toEqual([{ address: '127.0.0.1', port: 5432, uid: 113, inode: '17034' }]);
});

it.each([
  ['00000000:1539', '0.0.0.0', 5433],
  ['00000000000000000000000000000000:1538', '::', 5432],
  ['00000000000000000000000001000000:1538', '::1', 5432],
  ['0000000000000000FFFF00000100007F:1538', '127.0.0.1', 5432],
  ['B80D01200000000000000000FE000000:1538', '2001:db8::fe', 5432],
])('%s is %s port %i', (local, address, port) => {
  expect(parseProcNetTcp(line(local, '0A', 1))).toMatchObject([{ address, port }]);
});

it('reads the words of a big-endian machine', () => {
  expect(parseProcNetTcp(line('7F000001:1538', '0A', 1), false)).toMatchObject([{ address: '127.0.0.1' }]);
});

it.each(['', HEAD, 'garbage\n\n0: x', line('0100007F', '0A', 1)])('finds nothing in %j', (text) => {
  expect(parseProcNetTcp(text)).toEqual([]);
});

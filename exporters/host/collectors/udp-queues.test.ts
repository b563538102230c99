import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './udp-queues.ts';

const HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

it('sums the queues of all sockets', () => {
  const udp = `${HEADING}   0: 00000000:0016 00000000:0000 0A 00000015:00000001 00:00000000 00000000     0
  12: 00000000:0044 00000000:0000 07 00000000:0000000F 00:00000000 00000000     0\n`;

  expect(collect(collector, { udp, udp6: HEADING })).toEqual([
    'node_udp_queues{queue="tx",ip="v4"} 21',
    'node_udp_queues{queue="rx",ip="v4"} 16',
    'node_udp_queues{queue="tx",ip="v6"} 0',
    'node_udp_queues{queue="rx",ip="v6"} 0',
  ]);
});

it('refuses other text, and a table without its heading', () => {
  expect(() => collect(collector, { udp: 'x\n' })).toThrow('/proc/net/udp');
  expect(() => collect(collector, { udp: `${HEADING}garbage\n` })).toThrow('two queues');
  expect(() => collect(collector, { udp: '' })).toThrow('heading');
});

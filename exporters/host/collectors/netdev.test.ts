import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseNetdev } from './netdev.ts';

const HEADER = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

describe('netdev', () => {
  it('exports both directions', () => {
    const netdev = `${HEADER}  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`;

    expect(collect(collector, { netdev })).toEqual([
      'node_network_receive_bytes_total{device="eth0"} 1',
      'node_network_receive_packets_total{device="eth0"} 2',
      'node_network_receive_errs_total{device="eth0"} 3',
      'node_network_receive_drop_total{device="eth0"} 4',
      'node_network_receive_fifo_total{device="eth0"} 5',
      'node_network_receive_frame_total{device="eth0"} 6',
      'node_network_receive_compressed_total{device="eth0"} 7',
      'node_network_receive_multicast_total{device="eth0"} 8',
      'node_network_transmit_bytes_total{device="eth0"} 9',
      'node_network_transmit_packets_total{device="eth0"} 10',
      'node_network_transmit_errs_total{device="eth0"} 11',
      'node_network_transmit_drop_total{device="eth0"} 12',
      'node_network_transmit_fifo_total{device="eth0"} 13',
      'node_network_transmit_colls_total{device="eth0"} 14',
      'node_network_transmit_carrier_total{device="eth0"} 15',
      'node_network_transmit_compressed_total{device="eth0"} 16',
    ]);
  });

  it.each([
    ['  eth0:4294967295 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16', 'eth0', 4_294_967_295],
    ['eth0:1: 5 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16', 'eth0:1', 5],
    ['veth@if3: 5 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16', 'veth@if3', 5],
  ])('reads "%s"', (line, device, bytes) => {
    const [found] = parseNetdev(`${HEADER}${line}\n`).interfaces;

    expect(found?.device).toBe(device);
    expect(found?.numbers[0]).toBe(bytes);
  });

  it.each([
    ['', 'a header'],
    ['Inter-| Receive | Transmit\n face |bytes|bytes\n', 'a header'],
    [`${HEADER}eth0: 1 2 3\n`, 'an interface and 16 numbers'],
    [`${HEADER}eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 -1\n`, 'an interface and 16 numbers'],
  ])('refuses %j', (text, expected) => {
    expect(() => parseNetdev(text)).toThrow(expected);
  });
});

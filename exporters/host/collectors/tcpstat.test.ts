import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './tcpstat.ts';

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue\n';
const line = (state: string, tx = 0, rx = 0) =>
  `   0: 0100007F:0277 00000000:0000 ${state} ${tx.toString(16).toUpperCase().padStart(8, '0')}:${rx.toString(16).toUpperCase().padStart(8, '0')} 00:00000000\n`;

it('counts connections by state, and the bytes in their queues', () => {
  const sections = {
    tcp: HEADING + line('0A') + line('01', 21) + line('08', 0, 15),
    tcp6: HEADING + line('01', 1),
  };

  expect(collect(collector, sections)).toEqual([
    'node_tcp_connection_states{state="listen"} 1',
    'node_tcp_connection_states{state="tx_queued_bytes"} 22',
    'node_tcp_connection_states{state="rx_queued_bytes"} 15',
    'node_tcp_connection_states{state="established"} 2',
    'node_tcp_connection_states{state="close_wait"} 1',
  ]);
});

it('refuses a line of another shape', () => {
  expect(() => collect(collector, { tcp: `${HEADING}x\n` })).toThrow('/proc/net/tcp');
  expect(() => collect(collector, { tcp: HEADING + line('FF') })).toThrow('its state');
});

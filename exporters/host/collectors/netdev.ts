/**
 * Source: /proc/net/dev, https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
 * Shape:  two header lines that name the columns, then "  eth0: 68210035552 520993275 ..." or, with large
 *         numbers on kernels before 2.6.33, "eth0:68210035552 520993275 ..."
 * Units:  bytes, packets and errors, exported as they are; 32 bits wide on old i386 kernels
 * Needs:  nothing   Cost: one file
 * Absent when: never on Linux; receive_nohandler, which is not in this file, is not exported
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const COMMON = {
  bytes: 'Bytes',
  packets: 'Packets',
  errs: 'Errors',
  drop: 'Packets dropped',
  fifo: 'Buffer overruns',
  compressed: 'Compressed packets',
};
const COLUMNS = {
  receive: { ...COMMON, frame: 'Framing errors', multicast: 'Multicast packets' },
  transmit: { ...COMMON, colls: 'Collisions', carrier: 'Losses of carrier' },
};
const DIRECTIONS = { receive: 'on reception', transmit: 'on transmission' };

type Direction = keyof typeof COLUMNS;

const metrics = new Map(
  (['receive', 'transmit'] as const).flatMap((direction) =>
    Object.entries(COLUMNS[direction]).map(([column, what]) => {
      const name = `node_network_${direction}_${column}_total`;
      return [
        `${direction} ${column}`,
        counter(name, `${what} ${DIRECTIONS[direction]}.`, ['device']),
      ] as const;
    }),
  ),
);

export const collector = {
  name: 'netdev',
  help: 'Traffic and errors of the network interfaces.',
  metrics: [...metrics.values()],
  sections: ['netdev'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('netdev'));
    if (text === undefined) return;
    const { columns, interfaces } = parseNetdev(text);
    for (const { device, numbers } of interfaces) {
      const labels = { device };
      for (const [index, { direction, column }] of columns.entries()) {
        const metric = metrics.get(`${direction} ${column}`);
        if (metric !== undefined) yield metric(labels, numbers[index]);
      }
    }
  },
} satisfies HostCollector;

interface Netdev {
  readonly columns: readonly { readonly direction: Direction; readonly column: string }[];
  readonly interfaces: readonly { readonly device: string; readonly numbers: readonly number[] }[];
}

/** Throws ParseError when the header or an interface does not have the columns it should. */
export function parseNetdev(text: string): Netdev {
  const [, header = '', ...lines] = text.split('\n');
  const [, receive, transmit] = header.split('|');
  const columnsOf = (direction: Direction, names: string | undefined) =>
    (names ?? '')
      .trim()
      .split(/ +/)
      .map((column) => ({ direction, column }));
  const columns = [...columnsOf('receive', receive), ...columnsOf('transmit', transmit)];
  if (columns.length < 16) throw new ParseError('/proc/net/dev', 'a header with at least 16 columns', header);
  const interfaces = lines
    .filter((line) => line !== '')
    .map((line) => {
      // The name ends at the last colon: aliases have one in it, and a blank may be missing after it.
      const [, device, rest] = /^ *(\S+):([\d ]+)$/.exec(line) ?? [];
      const numbers = (rest ?? '').trim().split(/ +/).map(kernelNumber);
      const known = numbers.filter((number) => number !== undefined);
      if (device === undefined || known.length !== columns.length || numbers.length !== columns.length) {
        throw new ParseError('/proc/net/dev', `an interface and ${columns.length} numbers`, line);
      }
      return { device, numbers: known };
    });
  return { columns, interfaces };
}

/**
 * Source: /proc/net/tcp and tcp6, https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 * Shape:  "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   113        0 17034 1 ..."
 *         addresses in words of the machine's byte order, ports in hexadecimal, state 0A: listening
 */
import { ipv6Text } from './ip-range.ts';

/** A listening TCP socket. */
export interface Listener {
  /** "0.0.0.0" and "::" stand for every address. */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  /** Found again as socket:[inode] among the open files of its processes. */
  readonly inode: string;
}

const LINE =
  /^\s*\d+: (?<address>[0-9A-F]{8}|[0-9A-F]{32}):(?<port>[0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A \S+ \S+ \S+\s+(?<uid>\d+)\s+\d+ (?<inode>\d+)/;

/** Listening sockets of the file, read on a machine of little-endian byte order (`little`) or the other one. */
export function parseProcNetTcp(text: string, little = true): Listener[] {
  return text.split('\n').flatMap((line) => {
    const groups = LINE.exec(line)?.groups;
    if (groups === undefined) return [];
    const { address = '', port = '', uid = '', inode = '' } = groups;
    return [
      { address: addressText(address, little), port: Number.parseInt(port, 16), uid: Number(uid), inode },
    ];
  });
}

function addressText(hex: string, little: boolean): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => {
    const pairs = (word.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    return little ? pairs.reverse() : pairs;
  });
  if (bytes.length === 4) return bytes.join('.');
  // ::ffff:a.b.c.d is a socket for IPv4 that was opened through IPv6.
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join('.');
  return ipv6Text(Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)));
}

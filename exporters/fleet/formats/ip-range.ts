/**
 * Source: CIDR blocks of the configuration (RFC 4632, RFC 4291)
 * Shape:  "10.1.0.0/24", "fd00::10/124"
 */
import { BlockList, isIP } from 'node:net';

/** A block of addresses that may be scanned. */
export interface IpRange {
  readonly text: string;
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly count: bigint;
}

/** Undefined for anything that is not a CIDR block whose host bits are zero. */
export function parseIpRange(text: string): IpRange | undefined {
  const match = /^(?<address>[0-9a-fA-F.:]+)\/(?<prefix>\d{1,3})$/.exec(text);
  const address = match?.groups?.['address'] ?? '';
  const version = isIP(address);
  const prefix = Number(match?.groups?.['prefix']);
  const bits = version === 4 ? 32 : 128;
  if ((version !== 4 && version !== 6) || !(prefix >= 0 && prefix <= bits)) return undefined;
  const first = toNumber(address, version);
  const count = 1n << BigInt(bits - prefix);
  return first % count === 0n ? { text, version, first, count } : undefined;
}

/** Addresses of a range in order, without the network and broadcast addresses of IPv4 networks. */
export function* addressesOf({ version, first, count }: IpRange): Iterable<string> {
  const isNetwork = version === 4 && count > 2n;
  const end = isNetwork ? first + count - 1n : first + count;
  for (let number = isNetwork ? first + 1n : first; number < end; number += 1n) yield toText(number, version);
}

export function rangeContains(range: IpRange, address: string): boolean {
  const version = isIP(address);
  if (version !== range.version) return false;
  const number = toNumber(address, range.version);
  return number >= range.first && number < range.first + range.count;
}

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** Whether every address of the range belongs to a private network or this machine. */
export function isPrivateRange(range: IpRange): boolean {
  // The private blocks are aligned and larger than any range allowed here: first and last tell all.
  const last = range.first + range.count - 1n;
  const family = range.version === 4 ? 'ipv4' : 'ipv6';
  return [range.first, last].every((number) => PRIVATE.check(toText(number, range.version), family));
}

function toNumber(address: string, version: 4 | 6): bigint {
  if (version === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = withoutDottedEnd(address).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** "::ffff:10.0.0.1" with its dotted end as two groups. */
function withoutDottedEnd(address: string): string {
  const dotted = /^(?<head>.*:)(?<v4>\d+\.\d+\.\d+\.\d+)$/.exec(address)?.groups;
  if (dotted === undefined) return address;
  const number = toNumber(dotted['v4'] ?? '', 4);
  return `${dotted['head']}${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
}

function toText(number: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
  return ipv6Text(Array.from({ length: 8 }, (_, i) => Number((number >> BigInt(112 - 16 * i)) & 0xffffn)));
}

/** Eight groups of an IPv6 address in the form of RFC 5952, as every program prints it. */
export function ipv6Text(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':');
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

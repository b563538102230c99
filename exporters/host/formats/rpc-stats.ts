import { ParseError } from '../../../lib/errors.ts';
import { kernelNumber } from '../host-collector.ts';

/** /proc/net/rpc/{nfs,nfsd}: lines of a word and numbers; `procN` and `proc4ops` begin with how many follow. */
export type RpcStats = ReadonlyMap<string, readonly (number | undefined)[]>;

/** Throws ParseError for a text without the line `rpc`. */
export function parseRpcStats(file: string, text: string): RpcStats {
  const lines = text
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .map(([word = '', ...numbers]) => [word, numbers.map(kernelNumber)] as const);
  const stats = new Map(lines);
  if (!stats.has('rpc')) throw new ParseError(`/proc/net/rpc/${file}`, 'a line "rpc ..."', text);
  return stats;
}

/** Procedures of NFS 2 and 3 in the order of RFC 1094 and RFC 1813, as node_exporter spells them. */
export const PROCEDURES_2 =
  'Null GetAttr SetAttr Root Lookup ReadLink Read WrCache Write Create Remove Rename Link SymLink MkDir RmDir ReadDir FsStat'.split(
    ' ',
  );
export const PROCEDURES_3 =
  'Null GetAttr SetAttr Lookup Access ReadLink Read Write Create MkDir SymLink MkNod Remove RmDir Rename Link ReadDir ReadDirPlus FsStat FsInfo PathConf Commit'.split(
    ' ',
  );

/** The calls of a line by name; names of "-" and those the kernel does not count are left out. */
export function* callsOf(
  stats: RpcStats,
  line: string,
  names: readonly string[],
): Generator<{ method: string; count: number }> {
  const [, ...counts] = stats.get(line) ?? [];
  for (const [index, method] of names.entries()) {
    const count = counts[index];
    if (method !== '-' && count !== undefined) yield { method, count };
  }
}

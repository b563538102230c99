/**
 * Source: /proc/mounts and `stat -f -c '%S %b %f %a %c %d %n'`, https://man7.org/linux/man-pages/man1/stat.1.html
 * Shape:  "/dev/sda1 /data ext4 rw,relatime 0 0"; "4096 66053021 62578928 20401223 16777216 16338225 ./data",
 *         "stat: cannot read file system information for './data': Permission denied", "late ./nfs"
 * Units:  blocks of the size in the first column -> bytes; inodes as they are
 * Needs:  search permission on the folders above the mount point   Cost: one file and one process
 * Absent when: of the types and at the places node_exporter leaves out by default
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import type { Section } from '../capture.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const EXCLUDED_MOUNTS =
  /^\/(?:dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)(?:$|\/)/;
const EXCLUDED_TYPES = new Set(
  `autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs fusectl hugetlbfs iso9660 mqueue nsfs
   overlay proc procfs pstore rpc_pipefs securityfs selinuxfs squashfs erofs sysfs tracefs`.split(/\s+/),
);

const LABELS = ['device', 'mountpoint', 'fstype'] as const;
const space = (name: string, help: string) => gauge(`node_filesystem_${name}`, help, LABELS);

const size = space('size_bytes', 'Size of the file system.');
const free = space('free_bytes', 'Free space, with the part only root may use.');
const avail = space('avail_bytes', 'Free space for everyone.');
const files = space('files', 'Inodes of the file system.');
const filesFree = space('files_free', 'Free inodes.');
const readonly = space('readonly', 'Whether it is mounted read-only.');
const deviceError = gauge('node_filesystem_device_error', 'Whether asking for its size failed.', [
  ...LABELS,
  'device_error',
]);

export const collector = {
  name: 'filesystem',
  help: 'How full the file systems are.',
  metrics: [size, free, avail, files, filesFree, readonly, deviceError],
  sections: ['mounts', 'statfs'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('mounts'));
    const found = section('statfs');
    if (text === undefined || found.status === 'missing') return;
    // Between lines of another run, its numbers could be another machine's.
    const answers = parseStatfs(found.status === 'corrupt' ? '' : found.output);
    const seen = new Set<string>();
    for (const { mountpoint, readOnly, ...mount } of parseMounts(text)) {
      const labels = { device: mount.device, mountpoint, fstype: mount.fstype };
      if (EXCLUDED_TYPES.has(labels.fstype) || EXCLUDED_MOUNTS.test(mountpoint)) continue;
      const key = JSON.stringify(labels);
      if (seen.has(key)) continue;
      seen.add(key);
      yield readonly(labels, Number(readOnly));
      const answer = answers.get(mountpoint);
      if (answer === undefined || 'error' in answer) {
        yield deviceError({ ...labels, device_error: answer?.error ?? silence(found) }, 1);
        continue;
      }
      yield deviceError({ ...labels, device_error: '' }, 0);
      yield size(labels, answer.blocks * answer.blockSize);
      yield free(labels, answer.blocksFree * answer.blockSize);
      yield avail(labels, answer.blocksAvailable * answer.blockSize);
      yield files(labels, answer.inodes);
      yield filesFree(labels, answer.inodesFree);
    }
  },
} satisfies HostCollector;

/** Why nothing was said of a mount point. */
function silence({ status }: Section): string {
  return status === 'ok' || status === 'failed' || status === 'empty' ? 'no answer' : status;
}

export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly readOnly: boolean;
}

/** Throws ParseError for a line with less than four fields. */
export function parseMounts(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [device, mountpoint, fstype, options] = line.split(' ');
      if (device === undefined || mountpoint === undefined || fstype === undefined || options === undefined) {
        throw new ParseError('/proc/mounts', 'device, mount point, type and options', line);
      }
      const readOnly = /(?:^|,)(?:emergency_)?ro(?:,|$)/.test(options);
      return { device: unescapeOctal(device), mountpoint: unescapeOctal(mountpoint), fstype, readOnly };
    });
}

/** Blanks, tabs, line ends and backslashes are octal in /proc/mounts. */
function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-3][0-7]{2})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

export type StatfsAnswer =
  | { readonly error: string }
  | {
      readonly blockSize: number;
      readonly blocks: number;
      readonly blocksFree: number;
      readonly blocksAvailable: number;
      readonly inodes: number;
      readonly inodesFree: number;
    };

/** What was said of each mount point; lines of another shape are passed over. */
export function parseStatfs(text: string): ReadonlyMap<string, StatfsAnswer> {
  const answers = new Map<string, StatfsAnswer>();
  // The name comes last and may hold anything, line ends too: a line that starts nothing continues it.
  const entries = text.replace(/\n$/, '').split(/\n(?=(?:\d+ ){6}\.\/|stat: |late \.\/)/);
  for (const entry of entries) {
    const numbers = /^(?:\d+ ){6}/.exec(entry)?.[0];
    if (numbers !== undefined) {
      const [blockSize = 0, blocks = 0, blocksFree = 0, blocksAvailable = 0, inodes = 0, inodesFree = 0] =
        numbers.trim().split(' ').map(Number);
      answers.set(mountOf(entry.slice(numbers.length)), {
        blockSize,
        blocks,
        blocksFree,
        blocksAvailable,
        inodes,
        inodesFree,
      });
    }
    const late = /^late (?<mount>\..*)$/s.exec(entry)?.groups?.['mount'];
    if (late !== undefined) answers.set(mountOf(late), { error: 'timeout' });
    const failed = failureOf(entry);
    if (failed !== undefined) answers.set(mountOf(failed.mount), { error: failed.reason });
  }
  return answers;
}

/** "stat: cannot read file system information for './data': Permission denied", in quotes of all kinds. */
function failureOf(entry: string): { mount: string; reason: string } | undefined {
  if (!entry.startsWith('stat: ')) return undefined;
  const start = entry.indexOf('./');
  const end = entry.lastIndexOf(': ');
  if (start === -1 || end <= start + 1) return undefined;
  return { mount: entry.slice(start, end - 1), reason: entry.slice(end + 2).toLowerCase() };
}

/** The script asks for "./data" below its root. */
function mountOf(path: string): string {
  return path.replace(/^\./, '');
}

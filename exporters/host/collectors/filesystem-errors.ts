/**
 * Source: /sys/fs/ext4/DEVICE/{errors_count,first_error_time,last_error_time} (Linux 3.18 and later); /proc/mounts
 *         against /etc/fstab
 * Shape:  one number per file; "/data ext4 rw" of fstab, options left out, for they may hold passwords
 * Units:  errors since the last check of the file system; seconds since the epoch
 * Needs:  nothing   Cost: three small files per file system
 * Absent when: the kernel does not tell (ext3, XFS, older ones); the read-only mark, of file systems that fstab
 *         does not name
 */
import { counter, gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber, treeOf } from '../host-collector.ts';
import { parseMounts } from './filesystem.ts';

const errors = counter('pgfleet_filesystem_ext4_errors_total', 'Errors recorded in the file system itself.', [
  'device',
]);
const errorTime = gauge(
  'pgfleet_filesystem_ext4_error_timestamp_seconds',
  'When the first and the last of these errors was recorded.',
  ['device', 'which'],
);
const remounted = gauge(
  'pgfleet_filesystem_remounted_readonly',
  'Whether a file system that is to be written to was made read-only, as kernels do after errors.',
  ['device', 'fstype', 'mountpoint'],
);

export const collector = {
  name: 'filesystem_errors',
  help: 'Errors that file systems remember, and file systems that became read-only.',
  metrics: [errors, errorTime, remounted],
  sections: ['ext4', 'fstab'],
  tier: 'fast',
  *samples({ section }) {
    for (const [path, [line]] of treeOf(contentOf(section('ext4')) ?? '')) {
      const { device, file } = PATH.exec(path)?.groups ?? {};
      const value = kernelNumber(line);
      if (device === undefined || file === undefined || value === undefined) continue;
      if (file === 'errors_count') yield errors({ device }, value);
      else if (value > 0)
        yield errorTime({ device, which: file === 'first_error_time' ? 'first' : 'last' }, value);
    }
    const wanted = writableMounts(contentOf(section('fstab')) ?? '');
    if (wanted.size === 0) return;
    for (const { device, fstype, mountpoint, readOnly } of parseMounts(contentOf(section('mounts')) ?? '')) {
      // The first mount of a place may be hidden by a later one; types tell them apart.
      const type = wanted.get(mountpoint);
      if (type === fstype || type === 'auto')
        yield remounted({ device, fstype, mountpoint }, Number(readOnly));
    }
  },
} satisfies HostCollector;

const PATH = /^\/sys\/fs\/ext4\/(?<device>[^/]+)\/(?<file>errors_count|first_error_time|last_error_time)$/;

/** Types by mount point, without those that are meant to be read only. */
function writableMounts(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^(?<mount>\/\S*) (?<type>\S+) rw$/gm);
  return new Map(
    [...lines].map(({ groups = {} }) => [unescaped(groups['mount'] ?? ''), groups['type'] ?? '']),
  );
}

/** Blanks are octal in fstab as they are in /proc/mounts. */
function unescaped(path: string): string {
  return path.replaceAll('\\040', ' ');
}

import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseMounts, parseStatfs } from './filesystem.ts';

const ANSWER = '4096 1000 400 300 5000 4000';

describe('filesystem', () => {
  it('exports size, space and inodes', () => {
    const samples = collect(collector, {
      mounts: '/dev/sda1 / ext4 rw,relatime 0 0\n/dev/sdb1 /srv/my\\040data xfs ro 0 0\n',
      statfs: `${ANSWER} ./\n${ANSWER} ./srv/my data\n`,
    });

    const root = '{device="/dev/sda1",mountpoint="/",fstype="ext4"}';
    expect(samples.slice(0, 7)).toEqual([
      `node_filesystem_readonly${root} 0`,
      `node_filesystem_device_error${root} 0`,
      `node_filesystem_size_bytes${root} 4096000`,
      `node_filesystem_free_bytes${root} 1638400`,
      `node_filesystem_avail_bytes${root} 1228800`,
      `node_filesystem_files${root} 5000`,
      `node_filesystem_files_free${root} 4000`,
    ]);
    expect(samples[7]).toBe(
      'node_filesystem_readonly{device="/dev/sdb1",mountpoint="/srv/my data",fstype="xfs"} 1',
    );
  });

  it.each([
    [
      "stat: cannot read file system information for './data': Permission denied\n",
      'ok',
      'permission denied',
    ],
    [
      "stat: cannot read file system information for `./data': Input/output error\n",
      'failed',
      'input/output error',
    ],
    [
      "stat: can't read file system information for './data': Stale file handle\n",
      'failed',
      'stale file handle',
    ],
    ['late ./data\n', 'ok', 'timeout'],
    ['', 'timeout', 'timeout'],
    ['', 'ok', 'no answer'],
  ] as const)('exports a device error for %j', (output, status, reason) => {
    const samples = collect(collector, { mounts: 'nas:/x /data nfs rw 0 0\n', statfs: { output, status } });

    expect(samples).toEqual([
      'node_filesystem_readonly{device="nas:/x",mountpoint="/data",fstype="nfs"} 0',
      `node_filesystem_device_error{device="nas:/x",mountpoint="/data",fstype="nfs",device_error="${reason}"} 1`,
    ]);
  });

  it('leaves out what node_exporter leaves out, and repeated mounts', () => {
    const mounts = [
      'proc /proc proc rw 0 0',
      'tmpfs /dev/shm tmpfs rw 0 0',
      'overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0',
      '/dev/loop0 /snap/x squashfs ro 0 0',
      'auto /net autofs rw 0 0',
      'ramfs /run/credentials/systemd.service ramfs ro 0 0',
      'tmpfs /run tmpfs rw 0 0',
      'tmpfs /run tmpfs rw 0 0',
    ];
    const samples = collect(collector, { mounts: `${mounts.join('\n')}\n`, statfs: `${ANSWER} ./run\n` });

    expect(samples).toHaveLength(7);
    expect(samples[0]).toContain('mountpoint="/run"');
  });

  it('says nothing when the capture did not ask for sizes', () => {
    expect(collect(collector, { mounts: '/dev/sda1 / ext4 rw 0 0\n' })).toEqual([]);
  });

  it('takes a read-only remount after an error for read-only', () => {
    expect(parseMounts('/dev/sda1 / ext4 rw,emergency_ro 0 0\n')[0]?.readOnly).toBe(true);
  });

  it('reads a mount point with a line end in its name', () => {
    const [mount] = parseMounts('/dev/sdb1 /a\\012b ext4 rw 0 0\n');

    expect(mount?.mountpoint).toBe('/a\nb');
    expect(parseStatfs(`${ANSWER} ./a\nb\n${ANSWER} ./\n`).get('/a\nb')).toMatchObject({ blocks: 1000 });
  });

  it('refuses a damaged mount table', () => {
    expect(() => parseMounts('/dev/sda1 /\n')).toThrow('/proc/mounts');
  });
});

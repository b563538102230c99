import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseMeminfo } from './meminfo.ts';

const EL5 = `MemTotal:     16436232 kB
MemFree:        100000 kB
Buffers:         50000 kB
Cached:        4000000 kB
Mapped:        1000000 kB
Slab:           300000 kB
HugePages_Total:     3
Hugepagesize:     2048 kB
`;

describe('meminfo', () => {
  it('exports every known field in bytes, pages in pages', () => {
    const samples = collect(collector, {
      meminfo:
        'MemTotal: 2 kB\nMemAvailable:   1 kB\nActive(anon):  5 kB\nHugePages_Free:    7\nNewInLinux99: 1 kB\n',
    });

    expect(samples).toEqual([
      'node_memory_MemTotal_bytes 2048',
      'node_memory_MemAvailable_bytes 1024',
      'node_memory_Active_anon_bytes 5120',
      'node_memory_HugePages_Free 7',
      'pgfleet_host_memavailable_synthesised 0',
    ]);
  });

  it('estimates MemAvailable of a kernel that tells shared memory', () => {
    const text = `${EL5}SReclaimable: 200000 kB\nShmem: 3000000 kB\n`;

    const samples = collect(collector, { meminfo: text });

    expect(samples).toContain(
      `node_memory_MemAvailable_bytes ${(100_000 + 50_000 + 4_000_000 + 200_000 - 3_000_000) * 1024}`,
    );
    expect(samples).toContain('pgfleet_host_memavailable_synthesised 1');
  });

  it('takes mapped pages for shared ones where the kernel does not tell them', () => {
    expect(collect(collector, { meminfo: EL5 })).toContain(
      `node_memory_MemAvailable_bytes ${(100_000 + 50_000 + 4_000_000 - 1_000_000) * 1024}`,
    );
  });

  it('never estimates less than what is free', () => {
    const samples = collect(collector, { meminfo: `${EL5}Shmem: 9000000 kB\n` });

    expect(samples).toContain(`node_memory_MemAvailable_bytes ${100_000 * 1024}`);
  });

  it('estimates nothing without the fields it needs', () => {
    const samples = collect(collector, { meminfo: 'MemTotal: 2 kB\nMemFree: 1 kB\n' });

    expect(samples.join()).not.toContain('MemAvailable');
    expect(samples.join()).not.toContain('synthesised');
  });

  it.each([[''], ['MemFree: 1 kB\n'], ['MemTotal: -1 kB\n'], ['MemTotal 1 kB\n']])('refuses %j', (text) => {
    expect(() => parseMeminfo(text)).toThrow('MemTotal');
  });
});

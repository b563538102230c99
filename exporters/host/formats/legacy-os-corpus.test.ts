import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PgfleetError } from '../../../lib/errors.ts';
import { collect, type GivenSection } from '../../../test/support/host.ts';
import { notice } from '../../../test/support/notice.ts';
import { collector as cpu } from '../collectors/cpu.ts';
import { collector as cpuGeneration } from '../collectors/cpu-generation.ts';
import { collector as cpuInfo } from '../collectors/cpu-info.ts';
import { collector as cpuVulnerabilities } from '../collectors/cpu-vulnerabilities.ts';
import { collector as diskstats } from '../collectors/diskstats.ts';
import { collector as filesystem } from '../collectors/filesystem.ts';
import { collector as kernelSettings } from '../collectors/kernel-settings.ts';
import { collector as loadavg } from '../collectors/loadavg.ts';
import { collector as meminfo } from '../collectors/meminfo.ts';
import { collector as netdev } from '../collectors/netdev.ts';
import { collector as networkLinks } from '../collectors/network-links.ts';
import { collector as os } from '../collectors/os.ts';
import { collector as osSupport } from '../collectors/os-support.ts';
import { collector as pcie } from '../collectors/pcie.ts';
import { collector as stat } from '../collectors/stat.ts';
import { collector as vmstat } from '../collectors/vmstat.ts';
import type { HostCollector } from '../host-collector.ts';

/** Recorded output of real systems of all ages, kept outside the repository: licences differ. */
const CORPUS = resolve('../shared/fixtures/legacy-os');
const found = existsSync(CORPUS);
if (!found) notice('legacy systems', 'the corpus is not beside the repository');

const text = (file: string) => readFileSync(join(CORPUS, file), 'utf8');
const tree = (path: string) => (content: string) =>
  content
    .split('\n')
    .map((line) => `${path}\t${line}\n`)
    .join('');

/** Which files hold what a section has, and who reads it. */
const READERS: readonly (readonly [
  files: RegExp,
  section: string,
  collectors: readonly HostCollector[],
  shape?: (content: string) => string,
])[] = [
  [/cpuinfo/, 'cpuinfo', [cpuInfo, cpuGeneration]],
  [/meminfo|rhel5_memory/, 'meminfo', [meminfo]],
  [/loadavg/, 'loadavg', [loadavg]],
  // stat2 beside it holds two machines in one file.
  [/linux-proc\/stat$|proc_stat\//, 'stat', [stat, cpu]],
  [/linux-proc\/vmstat$/, 'vmstat', [vmstat]],
  [/diskstats/, 'diskstats', [diskstats]],
  [/net_dev$/, 'netdev', [netdev]],
  [/proc_self_mounts|\/mount\//, 'mounts', [filesystem]],
  [/os.release/, 'os', [os, osSupport], tree('/etc/os-release')],
  [/redhat_release/, 'os', [os, osSupport], tree('/etc/redhat-release')],
  [/cpu_vulns/, 'vulnerabilities', [cpuVulnerabilities], tree('/sys/devices/system/cpu/vulnerabilities/x')],
  [/transparent_hugepage/, 'settings', [kernelSettings], tree('/sys/kernel/mm/transparent_hugepage/enabled')],
  [/ethtool/, 'ethtool:eth0', [networkLinks]],
  [/ethtool/, 'ethtool-driver:eth0', [networkLinks]],
  [/lspci/, 'lspci', [pcie]],
];

function files(folder: string): string[] {
  return readdirSync(join(CORPUS, folder)).flatMap((name) => {
    const file = folder === '' ? name : `${folder}/${name}`;
    if (statSync(join(CORPUS, file)).isDirectory()) return files(file);
    return name.endsWith('.json') ? [] : [file];
  });
}

describe.skipIf(!found)('recorded output of legacy systems', () => {
  const all = found ? files('') : [];

  it('never crashes a collector, and gives finite values, each series once', () => {
    let asked = 0;
    for (const file of all) {
      for (const [pattern, section, collectors, shape = (content: string) => content] of READERS) {
        if (!pattern.test(file)) continue;
        const sections: Record<string, GivenSection> = { [section]: shape(text(file)) };
        for (const collector of collectors) {
          asked += 1;
          const samples = samplesOf(collector, sections, file);
          const values = samples.map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
          expect(
            values.filter((value) => !Number.isFinite(value)),
            file,
          ).toEqual([]);
        }
      }
    }
    expect(asked).toBeGreaterThan(150);
  });

  it('knows every release it was told of', () => {
    const releases = all.filter((file) => /redhat_release/.test(file));
    for (const file of releases) {
      const samples = samplesOf(os, { os: tree('/etc/redhat-release')(text(file)) }, file);
      const { version } = /release (?<version>[\d.]+)/.exec(text(file))?.groups ?? {};
      expect(samples[0], file).toContain(`version_id="${version}`);
    }
    expect(releases.length).toBeGreaterThan(10);
  });

  it('reads memory as another reader does', () => {
    const expected = JSON.parse(text('jc/linux-proc/meminfo.json')) as Record<string, number>;
    const samples = new Set(samplesOf(meminfo, { meminfo: text('jc/linux-proc/meminfo') }, 'meminfo'));

    for (const field of [
      'MemTotal',
      'MemFree',
      'MemAvailable',
      'Buffers',
      'Cached',
      'Slab',
      'SwapFree',
      'Dirty',
    ])
      expect(samples).toContain(`node_memory_${field}_bytes ${(expected[field] ?? Number.NaN) * 1024}`);
  });

  it('reads disks and interfaces as another reader does', () => {
    const disks = JSON.parse(text('jc/linux-proc/diskstats.json')) as Record<string, number | string>[];
    const diskSamples = samplesOf(diskstats, { diskstats: text('jc/linux-proc/diskstats') }, 'diskstats');
    const faces = JSON.parse(text('jc/linux-proc/net_dev.json')) as Record<string, number | string>[];
    const faceSamples = samplesOf(netdev, { netdev: text('jc/linux-proc/net_dev') }, 'net_dev');

    const sda = disks.find(({ device }) => device === 'sda');
    expect(diskSamples).toContain(
      `node_disk_reads_completed_total{device="sda"} ${sda?.['reads_completed']}`,
    );
    expect(diskSamples).toContain(
      `node_disk_written_bytes_total{device="sda"} ${Number(sda?.['sectors_written']) * 512}`,
    );
    const face = faces.find((one) => one['interface'] === 'ens33');
    expect(faceSamples).toContain(`node_network_receive_bytes_total{device="ens33"} ${face?.['r_bytes']}`);
    expect(faceSamples).toContain(
      `node_network_transmit_packets_total{device="ens33"} ${face?.['t_packets']}`,
    );
  });

  it('blames no interface for its partner', () => {
    const file = 'jc/generic/ethtool--link-partner-advertised-link-modes.out';

    expect(samplesOf(networkLinks, { 'ethtool:eth0': text(file) }, file).slice(-2)).toEqual([
      'pgfleet_network_speed_below_capability{device="eth0"} 0',
      'pgfleet_network_half_duplex{device="eth0"} 0',
    ]);
  });
});

/** Recordings that are broken on purpose may be refused, in words. */
function samplesOf(collector: HostCollector, sections: Record<string, GivenSection>, file: string): string[] {
  try {
    const samples = collect(collector, sections);
    const series = samples.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(series.length - new Set(series).size, `${file}: ${collector.name}`).toBe(0);
    return samples;
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    return [];
  }
}

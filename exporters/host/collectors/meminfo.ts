/**
 * Source: /proc/meminfo, https://man7.org/linux/man-pages/man5/proc_meminfo.5.html
 * Shape:  "MemFree:         8439104 kB", "HugePages_Total:       0", "Active(anon):  2068484 kB"
 * Units:  kB (of 1024) -> bytes; huge pages in pages
 * Needs:  nothing   Cost: one file
 * Absent when: a line the kernel does not have gives no series. MemAvailable came with 3.14 (RHEL 6.6 when
 *         asked for): before, it is estimated and pgfleet_host_memavailable_synthesised is 1
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

/** Lines in kB of kernels 2.6.18 to 6.18 on all architectures. */
const KILOBYTES = `MemTotal MemFree MemAvailable Buffers Cached SwapCached Active Inactive Active(anon)
  Inactive(anon) Active(file) Inactive(file) Unevictable Mlocked HighTotal HighFree LowTotal LowFree
  MmapCopy SwapTotal SwapFree Zswap Zswapped Dirty Writeback AnonPages Mapped Shmem KReclaimable Slab
  SReclaimable SUnreclaim KernelStack ShadowCallStack PageTables SecPageTables NFS_Unstable Bounce
  WritebackTmp CommitLimit Committed_AS VmallocTotal VmallocUsed VmallocChunk Percpu EarlyMemtestBad
  HardwareCorrupted AnonHugePages ShmemHugePages ShmemPmdMapped FileHugePages FilePmdMapped CmaTotal
  CmaFree Unaccepted Balloon GPUActive GPUReclaim Hugepagesize Hugetlb DirectMap4k DirectMap64k
  DirectMap1M DirectMap2M DirectMap4M DirectMap1G DirectMap2G Quicklists`.split(/\s+/);
const PAGES = ['HugePages_Total', 'HugePages_Free', 'HugePages_Rsvd', 'HugePages_Surp'];

const fields = new Map([
  ...KILOBYTES.map((field) => [field, bytesOf(field)] as const),
  ...PAGES.map(
    (field) => [field, gauge(`node_memory_${field}`, `${field} of /proc/meminfo, in pages.`)] as const,
  ),
]);
const synthesised = gauge(
  'pgfleet_host_memavailable_synthesised',
  'Whether MemAvailable is an estimate, because the kernel does not give it.',
);

export const collector = {
  name: 'meminfo',
  help: 'What the memory is used for.',
  metrics: [...fields.values(), synthesised],
  sections: ['meminfo'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('meminfo'));
    if (text === undefined) return;
    const values = parseMeminfo(text);
    for (const [field, value] of values) {
      const metric = fields.get(field);
      if (metric !== undefined) yield metric(value);
    }
    if (values.has('MemAvailable')) {
      yield synthesised(0);
      return;
    }
    const estimate = estimateAvailable(values);
    yield bytesOf('MemAvailable')(estimate);
    yield synthesised(estimate === undefined ? undefined : 1);
  },
} satisfies HostCollector;

function bytesOf(field: string) {
  const name = field.replace(/\((?<kind>\w+)\)/, '_$<kind>');
  return gauge(`node_memory_${name}_bytes`, `${field} of /proc/meminfo, in bytes.`);
}

/** Values in bytes or pages by field. Throws ParseError when MemTotal is not among them. */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [, field = '', digits, unit] of text.matchAll(/^([A-Z][\w()]*):[ \t]+(\d+)( kB)?[ \t]*$/gm)) {
    const value = kernelNumber(digits);
    if (value !== undefined && !values.has(field))
      values.set(field, unit === undefined ? value : value * 1024);
  }
  if (!values.has('MemTotal')) throw new ParseError('/proc/meminfo', 'a line MemTotal', text);
  return values;
}

/**
 * Free memory plus what the kernel can reclaim. Shared memory is counted in Cached and cannot be
 * dropped; kernels before 2.6.32 do not tell it, there all mapped pages are taken to stay, because
 * PostgreSQL's shared buffers are among them.
 */
function estimateAvailable(values: ReadonlyMap<string, number>): number | undefined {
  const free = values.get('MemFree');
  const cached = values.get('Cached');
  const unavailable = values.get('Shmem') ?? values.get('Mapped');
  if (free === undefined || cached === undefined || unavailable === undefined) return undefined;
  const reclaimable = (values.get('Buffers') ?? 0) + cached + (values.get('SReclaimable') ?? 0);
  return free + Math.max(0, reclaimable - unavailable);
}

/**
 * Source: /proc/net/sockstat and sockstat6, https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
 * Shape:  "sockets: used 229", "TCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1"
 * Units:  sockets; memory in pages, and in bytes where the size of a page is known; FRAG memory in bytes
 * Needs:  nothing   Cost: two small files
 * Absent when: a number the kernel does not have; bytes, where vmstat and meminfo do not show how large a page is
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge, type Metric } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, type HostInput, kernelNumber } from '../host-collector.ts';

const WORDS: Readonly<Record<string, string>> = {
  used: 'sockets in use',
  inuse: 'sockets in use',
  orphan: 'sockets that belong to no process any more',
  tw: 'sockets that wait for late packets',
  alloc: 'sockets allocated',
  mem: 'pages of memory used by buffers',
  memory: 'bytes used by fragments',
};
const LINES: Readonly<Record<string, readonly string[]>> = {
  sockets: ['used'],
  TCP: ['inuse', 'orphan', 'tw', 'alloc', 'mem'],
  UDP: ['inuse', 'mem'],
  UDPLITE: ['inuse'],
  RAW: ['inuse'],
  FRAG: ['inuse', 'memory'],
  TCP6: ['inuse'],
  UDP6: ['inuse'],
  UDPLITE6: ['inuse'],
  RAW6: ['inuse'],
  FRAG6: ['inuse', 'memory'],
};
const FIELDS = new Map<string, Metric>(
  Object.entries(LINES).flatMap(([protocol, fields]) =>
    fields.map((field) => [
      `${protocol} ${field}`,
      gauge(
        `node_sockstat_${protocol}_${field}`,
        `${protocol.replace('sockets', 'All protocols')}: ${WORDS[field] ?? field}.`,
      ),
    ]),
  ),
);
const BYTES = new Map<string, Metric>(
  ['TCP', 'UDP'].map((protocol) => [
    protocol,
    gauge(`node_sockstat_${protocol}_mem_bytes`, `${protocol}: bytes of memory used by buffers.`),
  ]),
);

export const collector = {
  name: 'sockstat',
  help: 'How many sockets there are, of each kind and state, and the memory they use.',
  metrics: [...FIELDS.values(), ...BYTES.values()],
  sections: ['sockstat', 'sockstat6'],
  tier: 'fast',
  *samples(input) {
    const pageSize = pageSizeOf(input);
    for (const name of ['sockstat', 'sockstat6']) {
      const text = contentOf(input.section(name));
      if (text === undefined) continue;
      for (const { protocol, field, value } of parseSockstat(name, text)) {
        const metric = FIELDS.get(`${protocol} ${field}`);
        if (metric !== undefined) yield metric(value);
        const bytes = field === 'mem' ? BYTES.get(protocol) : undefined;
        if (bytes !== undefined && pageSize !== undefined) yield bytes(value * pageSize);
      }
    }
  },
} satisfies HostCollector;

/** Throws ParseError for a line that is not a name and pairs of a word and a number. */
function parseSockstat(name: string, text: string): { protocol: string; field: string; value: number }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [, protocol = '', rest = ''] = /^(\w+):((?: \w+ \d{1,19})+) ?$/.exec(line) ?? [];
      if (protocol === '') throw new ParseError(`/proc/net/${name}`, 'such as "TCP: inuse 4"', line);
      return [...rest.matchAll(/ (\w+) (\d+)/g)].map(([, field = '', digits]) => ({
        protocol,
        field,
        value: Number(digits),
      }));
    });
}

const PAGE_SIZES = [4096, 8192, 16_384, 65_536];

/**
 * Nothing in /proc tells it in words (ARM and POWER kernels differ): the same memory is in bytes in meminfo
 * and in pages in vmstat. Read a moment apart they differ a little, so the nearest size counts.
 */
function pageSizeOf({ section }: Pick<HostInput, 'section'>): number | undefined {
  const pairs = [
    ['AnonPages', 'nr_anon_pages'],
    ['Mapped', 'nr_mapped'],
    ['PageTables', 'nr_page_table_pages'],
    ['MemFree', 'nr_free_pages'],
  ] as const;
  for (const [bytesName, pagesName] of pairs) {
    const kilobytes = numberAfter(section('meminfo').output, `${bytesName}:`);
    const pages = numberAfter(section('vmstat').output, pagesName);
    if (kilobytes === undefined || pages === undefined || pages < 100) continue;
    const size = (kilobytes * 1024) / pages;
    return PAGE_SIZES.find((one) => size > one / 1.4 && size < one * 1.4);
  }
  return undefined;
}

function numberAfter(text: string, name: string): number | undefined {
  const at = `\n${text}`.indexOf(`\n${name} `);
  return at === -1 ? undefined : kernelNumber(/^\s*(\d+)/.exec(text.slice(at + name.length))?.[1]);
}

import type { Section, SectionStatus, Tool } from './capture.ts';
import { sudoersLines } from './check-host.ts';
import { coverageOf, isVirtual } from './coverage.ts';
import type { HostCollector, HostInput } from './host-collector.ts';
import { findings } from './report-findings.ts';
import { type Age, age, type Declared, type Fact, identity } from './report-identity.ts';
import type { Finding } from './report-rule.ts';
import { type Readings, readAll } from './report-samples.ts';

/** What one capture tells about a machine, in the order a person wants to know it. */
export interface HostReport {
  readonly name: string;
  /** Seconds since the epoch; by the clock of the host where the capture is a recorded one. */
  readonly madeAt: number;
  readonly recorded: boolean;
  readonly identity: readonly Fact[];
  readonly age: Age;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly unread: readonly Unread[];
  /** Lines for /etc/sudoers.d/pgfleet on the host, so that what was denied can be read. */
  readonly sudoers: readonly string[];
  /** How much of what such a machine can tell was told, and in words what was not. */
  readonly coverage: { readonly ratio: number; readonly missing: readonly string[] };
}

/** Something that could not be read, and what would allow it. */
export interface Unread {
  readonly what: string;
  readonly why: string;
  readonly remedy: string | undefined;
}

export interface ReportInput {
  readonly name: string;
  readonly input: HostInput;
  readonly sections: readonly Section[];
  readonly collectors: readonly HostCollector[];
  readonly declared: Declared;
  /** Who logs in there, for the sudo rules. */
  readonly user: string | undefined;
}

/** Pure: made of the samples of the collectors, so that report and metrics cannot disagree. */
export function hostReport({ name, input, sections, collectors, declared, user }: ReportInput): HostReport {
  const readings = readAll(collectors, input);
  const { live } = input.arrival;
  const madeAt = live ? input.now : (input.header.time ?? input.now);
  return {
    name,
    madeAt,
    recorded: !live,
    identity: identity(readings),
    age: age(readings, declared, madeAt),
    findings: findings({ readings, madeAt }),
    unread: [
      ...unreadSections(sections),
      ...absentTools(sections, readings),
      ...failedCollectors(sections, readings),
    ],
    sudoers: sudoersLines(user, sections),
    coverage: coverageFacts(readings),
  };
}

// ---- what could not be read ------------------------------------------------------------------------

const UNREAD: Partial<Record<SectionStatus, { readonly why: string; readonly remedy: string | undefined }>> =
  {
    denied: { why: 'needs root', remedy: undefined },
    failed: { why: 'failed on the host', remedy: undefined },
    timeout: { why: 'hung on the host', remedy: undefined },
    skipped: { why: 'left out: no time was left, or another one was asking', remedy: 'run the report again' },
    truncated: { why: 'larger than the limit, or cut on the way', remedy: 'capture again' },
    corrupt: { why: 'damaged on the way', remedy: 'capture again' },
  };

function unreadSections(sections: readonly Section[]): Unread[] {
  return sections.flatMap(({ name, status, exitCode, tool }) => {
    const known = UNREAD[status];
    if (known === undefined) return [];
    const code = status === 'failed' && exitCode !== undefined ? ` with code ${exitCode}` : '';
    const why = status === 'denied' && tool?.owner !== undefined ? `needs the user ${tool.owner}` : known.why;
    return [{ what: name, why: `${why}${code}`, remedy: known.remedy ?? remedyOf(status, tool) }];
  });
}

/** What was denied to a user has its sudo rule in the list of them. */
function remedyOf(status: SectionStatus, tool: Tool | undefined): string | undefined {
  if (status !== 'denied') return tool === undefined ? undefined : `try there: ${tool.command}`;
  return tool === undefined ? 'capture as root' : `allow: ${tool.command}`;
}

const TOOLS: readonly { readonly section: string; readonly lacks: string; readonly remedy: string }[] = [
  { section: 'dmidecode', lacks: 'memory modules and power supplies', remedy: 'install dmidecode' },
  { section: 'smartctl', lacks: 'the health of the disks', remedy: 'install smartmontools' },
  {
    section: 'ipmi-bmc',
    lacks: 'temperatures, fans, power supplies and the event log',
    remedy: 'install ipmitool; as root: modprobe ipmi_si ipmi_devintf',
  },
];

/** Tools whose absence leaves a question open on real hardware. */
function absentTools(sections: readonly Section[], readings: Readings): Unread[] {
  const absent = new Set(sections.filter(({ status }) => status === 'absent').map(({ name }) => name));
  const tools = TOOLS.filter(({ section }) => !isVirtual(readings) && absent.has(section)).map(
    ({ section, lacks, remedy }) => ({ what: lacks, why: `${section} is not there`, remedy }),
  );
  const adapters = readings
    .all('pgfleet_raid_adapters_unread')
    .filter(({ value }) => value > 0)
    .map(({ labels: { driver = '' } }) => ({
      what: `RAID controller with driver ${driver}`,
      why: 'no tool that knows it is there',
      remedy: "install the maker's tool (storcli, perccli, MegaCli, ssacli, arcconf ...)",
    }));
  return [...tools, ...adapters, ...uncounted(readings)];
}

/** Nobody counting errors is not the same as no errors. */
function uncounted(readings: Readings): Unread[] {
  if (isVirtual(readings) || readings.value('pgfleet_host_edac_driver_loaded') !== 0) return [];
  return [
    {
      what: 'memory errors',
      why: 'no driver counts them, or the firmware keeps them to itself',
      remedy:
        'as root: modprobe i7core_edac (Xeon 5500, 5600), sb_edac (E5, E7), skx_edac (Scalable) or amd64_edac',
    },
  ];
}

/** Those a section above explains are not told twice. */
function failedCollectors(sections: readonly Section[], { failures }: Readings): Unread[] {
  const explained = new Set(sections.filter(({ status }) => status in UNREAD).map(({ name }) => name));
  return [...failures]
    .filter(([, why]) => ![...explained].some((section) => why.includes(section)))
    .map(([collector, why]) => ({ what: `collector ${collector}`, why, remedy: undefined }));
}

// ---- coverage --------------------------------------------------------------------------------------

/** The signals of coverage.ts in words. */
const WORDS: Readonly<Record<string, string>> = {
  model: 'maker and model',
  processor_generation: 'generation of the processor',
  disks: 'health of the disks',
  raid: 'RAID controllers',
  system_support: 'support of the operating system',
};

function coverageFacts(readings: Readings): HostReport['coverage'] {
  const { ratio, shares } = coverageOf(readings);
  const missing = [...shares].flatMap(([signal, share]) => {
    if (share >= 1) return [];
    const words = WORDS[signal] ?? signal.replaceAll('_', ' ');
    if (share === 0) return words;
    const lacks = signal === 'disks' ? missingOfDisks(readings) : '';
    return `${words} (${Math.round(share * 100)} % of it read${lacks})`;
  });
  return { ratio, missing };
}

/** What some disk did not tell: "; not: self tests, error log". */
function missingOfDisks({ all }: Readings): string {
  const signals = all('pgfleet_disk_signal_missing').flatMap(({ labels }) => labels['signal'] ?? []);
  return signals.length === 0 ? '' : `; not: ${[...new Set(signals)].join(', ').replaceAll('_', ' ')}`;
}

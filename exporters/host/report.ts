import type { Section, SectionStatus, Tool } from './capture.ts';
import { sudoersLines } from './check-host.ts';
import type { HostCollector, HostInput } from './host-collector.ts';
import { type Finding, findings } from './report-findings.ts';
import { type Age, age, type Declared, type Fact, identity } from './report-identity.ts';
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
  readonly coverage: Coverage;
}

/** Something that could not be read, and what would allow it. */
export interface Unread {
  readonly what: string;
  readonly why: string;
  readonly remedy: string | undefined;
}

/** How much of what such a machine can tell was told: no finding means little where this is low. */
export interface Coverage {
  readonly ratio: number;
  readonly missing: readonly string[];
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
    coverage: coverage(readings),
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
    return [{ what: name, why: `${known.why}${code}`, remedy: known.remedy ?? remedyOf(status, tool) }];
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
  return [...tools, ...adapters];
}

/** Those a section above explains are not told twice. */
function failedCollectors(sections: readonly Section[], { failures }: Readings): Unread[] {
  const explained = new Set(sections.filter(({ status }) => status in UNREAD).map(({ name }) => name));
  return [...failures]
    .filter(([, why]) => ![...explained].some((section) => why.includes(section)))
    .map(([collector, why]) => ({ what: `collector ${collector}`, why, remedy: undefined }));
}

// ---- coverage --------------------------------------------------------------------------------------

/** A virtual machine has no hardware of its own to tell of. */
function isVirtual(readings: Readings): boolean {
  const kind = readings.label('pgfleet_host_virtual_info', 'kind') ?? 'unknown';
  return kind !== 'none' && kind !== 'unknown';
}

const SUPPORT = 'support of the operating system';

/** What can be asked of real hardware, each as the share that was answered. */
const AREAS: readonly (readonly [area: string, share: (readings: Readings) => number])[] = [
  ['maker and model', has('pgfleet_host_hardware_info')],
  ['generation of the processor', has('pgfleet_host_cpu_launch_timestamp_seconds')],
  ['memory modules', has('pgfleet_dimm_info')],
  ['memory errors', ({ value }) => value('pgfleet_host_edac_driver_loaded') ?? 0],
  ['health of the disks', diskShare],
  ['RAID controllers', raidShare],
  ['management controller', ({ all }) => Number(all('ipmi_up').some(({ value }) => value > 0))],
  [SUPPORT, has('pgfleet_host_os_support_end_timestamp_seconds')],
  ['age', has('pgfleet_host_built_timestamp_seconds')],
];

function coverage(readings: Readings): Coverage {
  const areas = AREAS.filter(([area]) => area === SUPPORT || !isVirtual(readings));
  const shares = areas.map(([area, share]) => ({ area, share: share(readings) }));
  const sum = shares.reduce((total, { share }) => total + share, 0);
  return {
    ratio: sum / shares.length,
    missing: shares.flatMap(({ area, share }) => {
      if (share >= 1) return [];
      return share === 0 ? area : `${area} (${Math.round(share * 100)} % of it read)`;
    }),
  };
}

function has(family: string): (readings: Readings) => number {
  return ({ all }) => Number(all(family).length > 0);
}

function diskShare({ all }: Readings): number {
  const ratios = all('pgfleet_disk_coverage_ratio').map(({ value }) => value);
  return ratios.length === 0 ? 0 : ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
}

/** Nothing is missing where no controller hides its disks. */
function raidShare({ all, failures }: Readings): number {
  if (failures.has('raid')) return 0;
  const unread = all('pgfleet_raid_adapters_unread').reduce((sum, { value }) => sum + value, 0);
  const read = all('pgfleet_raid_controller_info').length;
  return unread === 0 ? 1 : read / (read + unread);
}

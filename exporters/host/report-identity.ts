import type { Readings } from './report-samples.ts';
import { dayText } from './report-words.ts';

/** A line of the report: what it is about, and what is known. */
export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** What the machine is; what is not known has no line. */
export function identity(readings: Readings): readonly Fact[] {
  const facts: (Fact | undefined)[] = [
    fact('Machine', machine(readings)),
    fact('Virtual', virtual(readings)),
    fact('Processor', processor(readings)),
    fact('Memory', memory(readings)),
    fact('Firmware', firmware(readings)),
    fact('System', system(readings)),
    fact('RAID', raid(readings)),
    fact('PostgreSQL', postgres(readings)),
  ];
  return facts.filter((one) => one !== undefined);
}

function fact(name: string, text: string): Fact | undefined {
  return text === '' ? undefined : { name, text };
}

/** Parts that are known, separated by commas. */
function joined(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(', ');
}

function machine(readings: Readings): string {
  const family = 'pgfleet_host_hardware_info';
  const launch = readings.value('pgfleet_host_model_launch_timestamp_seconds');
  const { vendor = '', product = '', board = '', generation = '' } = readings.all(family)[0]?.labels ?? {};
  return joined(
    product.startsWith(vendor) ? product : `${vendor} ${product}`.trim(),
    generation !== '' && `generation ${generation}`,
    launch !== undefined && `on sale from ${year(launch)}`,
    board !== '' && board !== product && `board ${board}`,
  );
}

function virtual(readings: Readings): string {
  const kind = readings.label('pgfleet_host_virtual_info', 'kind');
  if (kind === undefined || kind === 'none') return '';
  return kind === 'unknown' ? 'perhaps: the signs do not suffice' : `yes, ${kind}: it has no age of its own`;
}

function processor(readings: Readings): string {
  const family = 'pgfleet_host_cpu_info';
  const count = (kind: string) => readings.value('pgfleet_host_cpus', { kind });
  const launch = readings.value('pgfleet_host_cpu_launch_timestamp_seconds');
  const [sockets, cores] = [count('socket'), count('core')];
  const model = readings.label(family, 'model');
  if (model === undefined) return '';
  const highest = readings.all('pgfleet_host_cpu_highest_os_info')[0]?.labels['version'];
  return joined(
    sockets === undefined ? model : `${sockets} x ${model}`,
    cores !== undefined && `${cores} cores`,
    readings.label(family, 'codename') ?? readings.label(family, 'microarchitecture'),
    launch !== undefined && `launched ${year(launch)}`,
    highest !== undefined && `runs RHEL up to ${highest}`,
  );
}

function memory(readings: Readings): string {
  const total = readings.value('node_memory_MemTotal_bytes');
  const modules = readings.all('pgfleet_dimm_info');
  const sizes = readings.all('pgfleet_dimm_size_bytes').map(({ value }) => value);
  const kinds = [...new Set(modules.flatMap(({ labels }) => labels['type'] || []))];
  const installed = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const bytes = installed > 0 ? installed : total;
  const empty = readings.value('pgfleet_host_memory_slots', { state: 'empty' });
  return joined(
    bytes !== undefined && `${Math.round(bytes / 2 ** 30)} GiB`,
    modules.length > 0 && `${modules.length} modules ${kinds.join(' and ')}`.trim(),
    empty !== undefined && empty > 0 && `${empty} slots empty`,
    readings.label('pgfleet_host_memory_error_correction_info', 'mode'),
  );
}

function firmware(readings: Readings): string {
  const date = readings.value('pgfleet_host_bios_release_timestamp_seconds');
  const version = readings.label('pgfleet_host_bios_info', 'version');
  const known = [version && `BIOS ${version}`, date !== undefined && `of ${dayText(date)}`];
  return known.filter((part) => typeof part === 'string').join(' ');
}

function system(readings: Readings): string {
  const release = readings.label('node_uname_info', 'release');
  const boot = readings.value('node_boot_time_seconds');
  return joined(
    readings.label('node_os_info', 'pretty_name') ?? readings.label('node_os_info', 'name'),
    release && `kernel ${release}`,
    boot !== undefined && `up since ${dayText(boot)}`,
  );
}

function raid(readings: Readings): string {
  return readings
    .all('pgfleet_raid_controller_info')
    .map(({ labels }) => joined(labels['model'], labels['firmware'] && `firmware ${labels['firmware']}`))
    .join('; ');
}

function postgres(readings: Readings): string {
  const servers = readings.all('pgfleet_host_postgres_server_running').map(({ labels, value }) => {
    const { version = '', port = '', data_directory: directory = '' } = labels;
    const place = [port && `on port ${port}`, directory && `in ${directory}`].filter(Boolean).join(' ');
    return `${version || 'unknown version'} ${value > 0 ? 'running' : 'stopped'}${place && ` ${place}`}`;
  });
  const [shown, more] = [servers.slice(0, 8), servers.length - 8];
  return joined(...shown, more > 0 && `and ${more} more`);
}

/** When the machine was built, as an interval, and what says so. */
export interface Age {
  /** Undefined where nothing bounds it. */
  readonly built: string | undefined;
  readonly years: string | undefined;
  readonly evidence: readonly string[];
}

/** What people declared about the machine, which no capture can tell. */
export interface Declared {
  readonly purchased?: string | undefined;
  readonly warranty_until?: string | undefined;
}

const EVIDENCE: Readonly<Record<string, string>> = {
  cpu: 'processor came to market',
  model: 'model came to market',
  memory: 'kind of memory came to market',
  installed_files: 'oldest file of the installation',
  installed_packages: 'oldest package of the installation',
};

const YEAR = 365.25 * 86_400;

export function age(readings: Readings, { purchased, warranty_until }: Declared, madeAt: number): Age {
  const bound = (name: string) => readings.all('pgfleet_host_built_timestamp_seconds', { bound: name })[0];
  const [from, to] = [bound('not_before'), bound('not_after')];
  const bounds = [
    from && `not before ${dayText(from.value)} (${word(from.labels)})`,
    to && `not after ${dayText(to.value)} (${word(to.labels)})`,
  ].filter((text) => text !== undefined);
  const oldest = from && years(madeAt - from.value);
  const youngest = to && years(madeAt - to.value);
  return {
    built: bounds.length === 0 ? undefined : bounds.join(', '),
    years: interval(youngest, oldest),
    evidence: [...dates(readings), ...hours(readings), ...declared(purchased, warranty_until)],
  };
}

function word({ evidence = '' }: Readonly<Record<string, string>>): string {
  return EVIDENCE[evidence] ?? evidence.replaceAll('_', ' ');
}

function interval(youngest: string | undefined, oldest: string | undefined): string | undefined {
  if (youngest !== undefined && oldest !== undefined) return `${youngest} to ${oldest} years old`;
  if (oldest !== undefined) return `at most ${oldest} years old`;
  return youngest === undefined ? undefined : `at least ${youngest} years old`;
}

function dates(readings: Readings): string[] {
  const bounds = readings.all('pgfleet_host_age_evidence_timestamp_seconds').map(({ labels, value }) => {
    const side = labels['bound'] === 'not_before' ? 'not before' : 'not after';
    return `${side} ${dayText(value)}: ${word(labels)}`;
  });
  const boards = readings
    .all('pgfleet_bmc_fru_manufactured_timestamp_seconds')
    .map(({ labels, value }) => `${dayText(value)}: made, says the memory of ${labels['fru']}`);
  const controllers = readings
    .all('pgfleet_raid_controller_manufactured_timestamp_seconds')
    .map(({ labels, value }) => `${dayText(value)}: made, says RAID controller ${labels['controller']}`);
  return [...bounds, ...boards, ...controllers];
}

/** Disks are replaced, so the longest time only says how long something has been in service. */
function hours(readings: Readings): string[] {
  const longest = Math.max(0, ...readings.all('smartctl_device_power_on_seconds').map(({ value }) => value));
  return longest === 0 ? [] : [`${years(longest)} years: the longest power-on time of its disks`];
}

function declared(purchased: string | undefined, warranty: string | undefined): string[] {
  return [
    ...(purchased === undefined ? [] : [`${purchased}: bought, says the registry`]),
    ...(warranty === undefined ? [] : [`${warranty}: end of the warranty, says the registry`]),
  ];
}

function years(seconds: number): string {
  return (seconds / YEAR).toFixed(1);
}

function year(seconds: number): number {
  return new Date(seconds * 1000).getUTCFullYear();
}

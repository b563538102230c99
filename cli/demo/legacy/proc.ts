import { absent, type ComposedSection, file, tree, userCommand } from './capture-text.ts';

/** What /proc and /sys tell of a composed machine: everything that the fast tier reads. */
export interface MachineState {
  readonly hostname: string;
  readonly kernel: { readonly release: string; readonly version: string };
  /** Which files say what the operating system is. */
  readonly os: Readonly<Record<string, string>>;
  /** Files of /sys/class/dmi/id that everybody may read; kernels before 2.6.26 have none. */
  readonly dmiId?: { readonly vendor: string; readonly product: string; readonly biosVendor: string };
  readonly cpu: CpuState;
  readonly memory: MemoryState;
  readonly uptimeSeconds: number;
  readonly load: readonly [one: number, five: number, fifteen: number];
  readonly disks: readonly DiskState[];
  readonly fileSystems: readonly FileSystemState[];
  readonly networks: readonly NetworkState[];
  readonly clocksource: string;
  /** Files of /sys/devices/system/cpu/vulnerabilities; kernels before 2018 have none. */
  readonly vulnerabilities?: Readonly<Record<string, string>>;
  /** Content of /proc/mdstat, and the arrays in it. */
  readonly mdstat: string;
  readonly mdArrays?: readonly string[];
  /** Corrected memory errors per controller and row; without it no EDAC driver is loaded. */
  readonly edac?: readonly EdacController[];
  /** Kernel settings by path. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface EdacController {
  readonly name: string;
  /** Of each row since the driver was loaded. */
  readonly corrected: readonly number[];
}

export interface CpuState {
  readonly model: number;
  readonly stepping: number;
  readonly name: string;
  readonly megahertz: number;
  readonly cacheKilobytes: number;
  readonly sockets: number;
  readonly coresPerSocket: number;
  /** RHEL 6.4 and later print it. */
  readonly microcode?: string;
  readonly flags: string;
  readonly addressBits: number;
  /** Share of its time a CPU of this machine is not idle. */
  readonly busyRatio: number;
}

export interface MemoryState {
  readonly totalKilobytes: number;
  readonly freeKilobytes: number;
  readonly cachedKilobytes: number;
  /** Of PostgreSQL's shared buffers, for the most part. */
  readonly sharedKilobytes: number;
  readonly swapKilobytes: number;
  readonly swapUsedKilobytes: number;
  /** What the kernel of this age prints. */
  readonly lines: 'EL5' | 'EL6' | 'EL7';
}

export interface DiskState {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly reads: number;
  readonly writes: number;
  /** Mean time of one operation, in milliseconds. */
  readonly milliseconds: number;
}

export interface FileSystemState {
  readonly device: string;
  readonly mount: string;
  readonly type: string;
  readonly options: string;
  readonly gigabytes: number;
  readonly usedRatio: number;
}

export interface NetworkState {
  readonly name: string;
  readonly address: string;
  /** Megabits per second; an interface without it has no cable. */
  readonly speed?: number;
  readonly receiveErrors: number;
}

/** The sections of the fast tier, in the order of capture.sh. */
export function fastSections(machine: MachineState, time: number): ComposedSection[] {
  const { kernel, hostname, dmiId, vulnerabilities, clocksource, load, memory, cpu, uptimeSeconds } = machine;
  const clock = '/sys/devices/system/clocksource/clocksource0';
  return [
    tree('kernel', {
      '/proc/sys/kernel/ostype': 'Linux',
      '/proc/sys/kernel/osrelease': kernel.release,
      '/proc/sys/kernel/version': kernel.version,
      '/proc/sys/kernel/hostname': hostname,
      '/proc/sys/kernel/domainname': '(none)',
    }),
    tree('os', machine.os),
    dmiId === undefined
      ? absent('virtual')
      : tree('virtual', {
          '/sys/class/dmi/id/sys_vendor': dmiId.vendor,
          '/sys/class/dmi/id/product_name': dmiId.product,
          '/sys/class/dmi/id/bios_vendor': dmiId.biosVendor,
        }),
    tree('clocksource', {
      [`${clock}/current_clocksource`]: clocksource,
      [`${clock}/available_clocksource`]: `${clocksource} hpet acpi_pm `,
    }),
    tree('settings', machine.settings),
    vulnerabilities === undefined
      ? absent('vulnerabilities')
      : tree('vulnerabilities', below('/sys/devices/system/cpu/vulnerabilities', vulnerabilities)),
    file('loadavg', `${load.map((one) => one.toFixed(2)).join(' ')} 2/412 21847`),
    file('uptime', `${uptimeSeconds.toFixed(2)} ${idleSeconds(machine).toFixed(2)}`),
    file('stat', stat(machine, time)),
    file('cpu0', processor(cpu, 0)),
    file('meminfo', meminfo(memory)),
    file('vmstat', vmstat(memory)),
    file('diskstats', machine.disks.map(diskLine).join('\n')),
    file('mounts', ['rootfs / rootfs rw 0 0', ...machine.fileSystems.map(mountLine)].join('\n')),
    file('netdev', netdev(machine.networks)),
    file('mdstat', machine.mdstat),
    file('file-nr', '3264\t0\t1610784'),
    tree('netclass', Object.assign({}, ...machine.networks.map(netclass))),
    machine.edac === undefined ? absent('edac') : tree('edac', edacFiles(machine.edac)),
    machine.mdArrays === undefined ? absent('md') : tree('md', mdFiles(machine.mdArrays)),
    userCommand('statfs', 'stat -f', machine.fileSystems.map(statLine).join('\n')),
  ];
}

/** All of /proc/cpuinfo: part of the inventory tier. */
export function cpuinfo(cpu: CpuState): ComposedSection {
  const all = Array.from({ length: cpuCount(cpu) }, (_, index) => processor(cpu, index));
  return file('cpuinfo', all.join('\n\n'));
}

function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

function cpuCount({ sockets, coresPerSocket }: CpuState): number {
  return sockets * coresPerSocket;
}

/** Hyper-threading is off on all of them, as it was advised for databases of that time. */
function processor(cpu: CpuState, index: number): string {
  const { coresPerSocket } = cpu;
  const socket = Math.floor(index / coresPerSocket);
  const core = index % coresPerSocket;
  const fields: readonly (readonly [string, string | number])[] = [
    ['processor\t', index],
    ['vendor_id\t', 'GenuineIntel'],
    ['cpu family\t', 6],
    ['model\t\t', cpu.model],
    ['model name\t', cpu.name],
    ['stepping\t', cpu.stepping],
    ...(cpu.microcode === undefined ? [] : [['microcode\t', cpu.microcode] as const]),
    ['cpu MHz\t\t', cpu.megahertz.toFixed(3)],
    ['cache size\t', `${cpu.cacheKilobytes} KB`],
    ['physical id\t', socket],
    ['siblings\t', coresPerSocket],
    ['core id\t\t', core],
    ['cpu cores\t', coresPerSocket],
    ['apicid\t\t', socket * 32 + core * 2],
    ['fpu\t\t', 'yes'],
    ['fpu_exception\t', 'yes'],
    ['wp\t\t', 'yes'],
    ['flags\t\t', cpu.flags],
    ['bogomips\t', (cpu.megahertz * 2).toFixed(2)],
    ['clflush size\t', 64],
    ['cache_alignment\t', 64],
    ['address sizes\t', `${cpu.addressBits} bits physical, 48 bits virtual`],
    ['power management', ''],
  ];
  return fields.map(([key, value]) => `${key}: ${value}`.trimEnd()).join('\n');
}

const TICKS_PER_SECOND = 100;

function idleSeconds({ cpu, uptimeSeconds }: MachineState): number {
  return uptimeSeconds * cpuCount(cpu) * (1 - cpu.busyRatio);
}

function stat(machine: MachineState, time: number): string {
  const { cpu, uptimeSeconds } = machine;
  const count = cpuCount(cpu);
  const ticks = uptimeSeconds * TICKS_PER_SECOND;
  const busy = ticks * cpu.busyRatio;
  // user, nice, system, idle, iowait, irq, softirq, steal
  const one = [busy * 0.6, 0, busy * 0.15, ticks - busy, busy * 0.22, 0, busy * 0.03, 0].map(Math.round);
  const row = (name: string, factor: number) =>
    `${name} ${one.map((value) => Math.round(value * factor)).join(' ')}`;
  return [
    row('cpu ', count),
    ...Array.from({ length: count }, (_, index) => row(`cpu${index}`, 1)),
    `intr ${Math.round(ticks * 9)} ${Math.round(ticks)} 3 0 0 0`,
    `ctxt ${Math.round(ticks * 31)}`,
    `btime ${Math.round(time - uptimeSeconds)}`,
    `processes ${Math.round(uptimeSeconds * 1.7)}`,
    'procs_running 2',
    'procs_blocked 0',
  ].join('\n');
}

function meminfo(memory: MemoryState): string {
  const { totalKilobytes: total, freeKilobytes: free, cachedKilobytes: cached } = memory;
  const { sharedKilobytes: shared, swapKilobytes: swap, swapUsedKilobytes: swapUsed, lines } = memory;
  const slab = Math.round(total * 0.03);
  const used = total - free - cached - slab;
  const fields: readonly (readonly [string, number])[] = [
    ['MemTotal', total],
    ['MemFree', free],
    ...(lines === 'EL7' ? [['MemAvailable', free + cached - shared] as const] : []),
    ['Buffers', Math.round(cached * 0.02)],
    ['Cached', cached],
    ['SwapCached', Math.round(swapUsed / 9)],
    ['Active', Math.round(used + cached * 0.6)],
    ['Inactive', Math.round(cached * 0.4)],
    ['SwapTotal', swap],
    ['SwapFree', swap - swapUsed],
    ['Dirty', 2140],
    ['Writeback', 0],
    ['AnonPages', used],
    ['Mapped', shared],
    ...(lines === 'EL5' ? [] : [['Shmem', shared] as const]),
    ['Slab', slab],
    ...(lines === 'EL5'
      ? []
      : ([
          ['SReclaimable', Math.round(slab * 0.8)],
          ['KernelStack', 5120],
        ] as const)),
    ['PageTables', Math.round(total * 0.004)],
    ['CommitLimit', Math.round(swap + total / 2)],
    ['Committed_AS', Math.round(total * 0.7)],
    ['VmallocTotal', 34_359_738_367],
    ['VmallocUsed', 374_120],
    ...(lines === 'EL5' ? [] : [['HardwareCorrupted', 0] as const]),
  ];
  const pages = ['HugePages_Total:     0', 'HugePages_Free:      0', 'HugePages_Rsvd:      0'];
  const rows = fields.map(([name, value]) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB`);
  return [...rows, ...pages, 'Hugepagesize:     2048 kB'].join('\n');
}

function vmstat({ swapUsedKilobytes }: MemoryState): string {
  const swapped = Math.round(swapUsedKilobytes / 4);
  return `pgpgin 4918223190
pgpgout 9120412118
pswpin ${swapped * 3}
pswpout ${swapped * 7}
pgfault 81203412077
pgmajfault 1204411`;
}

function diskLine({ name, major, minor, reads, writes, milliseconds }: DiskState): string {
  const numbers = [
    ...[reads, Math.round(reads / 20), reads * 24, reads * milliseconds],
    ...[writes, Math.round(writes / 3), writes * 20, writes * milliseconds],
    ...[0, Math.round((reads + writes) * milliseconds * 0.6), (reads + writes) * milliseconds],
  ];
  return `${String(major).padStart(4)} ${String(minor).padStart(7)} ${name} ${numbers.map(Math.round).join(' ')}`;
}

function mountLine({ device, mount, type, options }: FileSystemState): string {
  return `${device} ${mount} ${type} ${options} 0 0`;
}

const BLOCK_BYTES = 4096;

/** "%S %b %f %a %c %d %n" of stat. */
function statLine({ mount, gigabytes, usedRatio }: FileSystemState): string {
  const blocks = Math.round((gigabytes * 1e9) / BLOCK_BYTES);
  const free = Math.round(blocks * (1 - usedRatio));
  const inodes = Math.round(blocks / 4);
  return [
    ...[BLOCK_BYTES, blocks, free, Math.max(0, free - Math.round(blocks * 0.05))],
    ...[inodes, Math.round(inodes * 0.97), `.${mount}`],
  ].join(' ');
}

function netdev(networks: readonly NetworkState[]): string {
  const rows = networks.map(({ name, speed, receiveErrors }) => {
    const packets = speed === undefined ? 0 : 912_004_431;
    const received = [packets * 431, packets, receiveErrors, 0, 0, receiveErrors, 0, 4023];
    const sent = [packets * 612, Math.round(packets * 0.8), 0, 0, 0, 0, 0, 0];
    // Before 2.6.33 large numbers stand right behind the colon; everybody must be able to read that.
    return `${name.padStart(6)}:${[...received, ...sent].join(' ')}`;
  });
  return [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    ...rows,
  ].join('\n');
}

function netclass({ name, address, speed }: NetworkState, index: number): Record<string, string> {
  const linked = speed !== undefined;
  return below(`/sys/class/net/${name}`, {
    address,
    broadcast: 'ff:ff:ff:ff:ff:ff',
    carrier: linked ? '1' : '0',
    dormant: '0',
    ...(linked ? { duplex: 'full', speed: String(speed) } : {}),
    flags: '0x1003',
    ifindex: String(index + 2),
    iflink: String(index + 2),
    link_mode: '0',
    mtu: '1500',
    operstate: linked ? 'up' : 'down',
    tx_queue_len: '1000',
    type: '1',
  });
}

function edacFiles(controllers: readonly EdacController[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [index, { name, corrected }] of controllers.entries()) {
    const folder = `/sys/devices/system/edac/mc/mc${index}`;
    const all = corrected.reduce((sum, count) => sum + count, 0);
    files[`${folder}/mc_name`] = name;
    files[`${folder}/ce_count`] = String(all);
    files[`${folder}/ue_count`] = '0';
    for (const [row, count] of corrected.entries()) {
      files[`${folder}/csrow${row}/ce_count`] = String(count);
      files[`${folder}/csrow${row}/ue_count`] = '0';
    }
  }
  return files;
}

/** Mirrors of two that have both. */
function mdFiles(arrays: readonly string[]): Record<string, string> {
  const files = { degraded: '0', raid_disks: '2', mismatch_cnt: '0' };
  return Object.assign({}, ...arrays.map((name) => below(`/sys/block/${name}/md`, files)));
}

/** What an administrator of the time left as it was; newer kernels add to it. */
export const OLD_SETTINGS = {
  '/proc/sys/vm/swappiness': '60',
  '/proc/sys/vm/overcommit_memory': '0',
  '/proc/sys/vm/overcommit_ratio': '50',
  '/proc/sys/vm/zone_reclaim_mode': '0',
  '/proc/sys/vm/dirty_ratio': '40',
  '/proc/sys/vm/dirty_background_ratio': '10',
  '/proc/sys/vm/nr_hugepages': '0',
} as const;

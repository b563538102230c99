import { command } from './capture-text.ts';
import { nvmeDisk, sataFlash } from './flash-disks.ts';
import { ipmi } from './ipmi.ts';
import type { ComposedMachine } from './machine.ts';
import { OLD_SETTINGS } from './proc.ts';

const DAY = 86_400;

/** Mirrors in software: the system and the data. */
const MIRRORS = [
  { name: 'md126', members: ['sda1', 'sdb1'], kibibytes: 468_719_424 },
  { name: 'md127', members: ['nvme0n1p1', 'nvme1n1p1'], kibibytes: 1_953_382_464 },
] as const;

/** Rocky 9 on a PowerEdge R630 of 2014: old enough to be given away, good enough to be used again. */
export const poweredgeR630: ComposedMachine = {
  zone: '+0200/CEST',
  installed: '2024-03-18',
  state: {
    hostname: 'spare1.demo.example',
    kernel: {
      release: '5.14.0-503.14.1.el9_5.x86_64',
      version: '#1 SMP PREEMPT_DYNAMIC Fri Nov 15 12:04:32 UTC 2024',
    },
    os: {
      '/etc/os-release': [
        'NAME="Rocky Linux"',
        'VERSION="9.5 (Blue Onyx)"',
        'ID="rocky"',
        'ID_LIKE="rhel centos fedora"',
        'VERSION_ID="9.5"',
        'PRETTY_NAME="Rocky Linux 9.5 (Blue Onyx)"',
        'SUPPORT_END="2032-05-31"',
      ].join('\n'),
      '/etc/redhat-release': 'Rocky Linux release 9.5 (Blue Onyx)',
    },
    dmiId: { vendor: 'Dell Inc.', product: 'PowerEdge R630', biosVendor: 'Dell Inc.' },
    cpu: {
      model: 63,
      stepping: 2,
      name: 'Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz',
      megahertz: 2397.1,
      cacheKilobytes: 20_480,
      sockets: 2,
      coresPerSocket: 8,
      microcode: '0x49',
      flags:
        'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm cpuid_fault epb pti ssbd ibrs ibpb stibp tpr_shadow flexpriority ept vpid fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid cqm xsaveopt cqm_llc cqm_occup_llc dtherm ida arat pln pts md_clear flush_l1d',
      addressBits: 46,
      busyRatio: 0.04,
    },
    memory: {
      totalKilobytes: 131_402_112,
      freeKilobytes: 101_204_440,
      cachedKilobytes: 20_114_208,
      sharedKilobytes: 1_048_576,
      swapKilobytes: 4_194_300,
      swapUsedKilobytes: 0,
      lines: 'EL7',
    },
    uptimeSeconds: 58 * DAY + 3_712,
    load: [0.12, 0.21, 0.18],
    disks: [
      { name: 'sda', major: 8, minor: 0, reads: 4_204_110, writes: 30_118_402, milliseconds: 1 },
      { name: 'sdb', major: 8, minor: 16, reads: 4_198_004, writes: 30_118_402, milliseconds: 1 },
      { name: 'nvme0n1', major: 259, minor: 0, reads: 61_204_330, writes: 88_204_117, milliseconds: 0.2 },
      { name: 'nvme1n1', major: 259, minor: 1, reads: 61_177_804, writes: 88_204_117, milliseconds: 0.2 },
    ],
    fileSystems: [
      {
        device: '/dev/md126',
        mount: '/',
        type: 'xfs',
        options: 'rw,relatime',
        gigabytes: 479,
        usedRatio: 0.04,
      },
      {
        device: '/dev/md127',
        mount: '/pgdata',
        type: 'xfs',
        options: 'rw,noatime',
        gigabytes: 2000,
        usedRatio: 0.02,
      },
    ],
    networks: [
      { name: 'eno1', address: '02:00:00:63:00:00', speed: 10_000, receiveErrors: 0 },
      { name: 'eno2', address: '02:00:00:63:00:01', speed: 10_000, receiveErrors: 0 },
    ],
    clocksource: 'tsc',
    vulnerabilities: {
      l1tf: 'Mitigation: PTE Inversion; VMX: conditional cache flushes, SMT disabled',
      mds: 'Mitigation: Clear CPU buffers; SMT disabled',
      meltdown: 'Mitigation: PTI',
      spec_store_bypass: 'Mitigation: Speculative Store Bypass disabled via prctl',
      spectre_v1: 'Mitigation: usercopy/swapgs barriers and __user pointer sanitization',
      spectre_v2: 'Mitigation: Retpolines; IBPB: conditional; IBRS_FW; RSB filling',
    },
    edac: [0, 1].map((socket) => ({ name: `Haswell SrcID#${socket}_Ha#0`, corrected: [0, 0] })),
    settings: {
      ...OLD_SETTINGS,
      '/proc/sys/vm/swappiness': '1',
      '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never',
    },
    mdArrays: MIRRORS.map(({ name }) => name),
    mdstat: [
      'Personalities : [raid1]',
      ...MIRRORS.map(
        ({ name, members: [one, two], kibibytes }) =>
          `${name} : active raid1 ${one}[0] ${two}[1]\n      ${kibibytes} blocks super 1.2 [2/2] [UU]\n`,
      ),
      'unused devices: <none>',
    ].join('\n'),
  },
  firmware: {
    tool: '3.6',
    smbios: '2.8',
    vendor: 'Dell Inc.',
    product: 'PowerEdge R630',
    serial: 'DEMO630',
    bios: { vendor: 'Dell Inc.', version: '2.19.0', date: '12/12/2023' },
    board: { product: '0CNCJW', version: 'A01' },
    height: '1 U',
    processors: [1, 2].map((number) => ({
      socket: `CPU${number}`,
      version: 'Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz',
      model: 63,
      stepping: 2,
      megahertz: 2400,
      cores: 8,
    })),
    memory: {
      maximum: '1536 GB',
      slots: ['A', 'B'].flatMap((channel) =>
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((number) => ({
          locator: `${channel}${number}`,
          bank: 'Not Specified',
          ...(number <= 4
            ? {
                module: {
                  megabytes: 16_384,
                  formFactor: 'DIMM',
                  type: 'DDR4',
                  rated: 2133,
                  configured: 1866,
                  maker: 'DEMO MEMORY',
                  part: 'DM16G-2133-R',
                },
              }
            : {}),
        })),
      ),
    },
    powerSupplies: [1, 2].map((number) => ({
      location: `PSU ${number}`,
      model: 'PWR SPLY,495W,RDNT',
      watts: 495,
      status: 'Present, OK',
      plugged: true,
    })),
  },
  smartctl: {
    version: 'smartctl 7.2 2020-12-30 r5155 [x86_64-linux-5.14.0-503.14.1.el9_5.x86_64] (local build)',
    scan: [
      ...['sda', 'sdb'].map((name) => `/dev/${name} -d scsi # /dev/${name}, SCSI device`),
      ...['nvme0', 'nvme1'].map((name) => `/dev/${name} -d nvme # /dev/${name}, NVMe device`),
    ].join('\n'),
    disks: [
      ...['a', 'b'].map((letter) =>
        sataFlash({
          device: `/dev/sd${letter}`,
          family: 'Intel S4510/S4610/S4500/S4600 Series SSDs',
          model: 'INTEL SSDSC2KB480G8',
          serial: `PHYF0DEMO${letter.toUpperCase()}`,
          firmware: 'XCV10132',
          gigabytes: 480,
          powerOnHours: 14_204,
          powerCycles: 31,
          celsius: 26,
          wearIndicator: 97,
        }),
      ),
      ...[0, 1].map((number) =>
        nvmeDisk({
          device: `/dev/nvme${number}`,
          model: 'INTEL SSDPE2KX020T8',
          serial: `PHLJ0DEMO${number}`,
          firmware: 'VDV10184',
          gigabytes: 2000,
          powerOnHours: 14_198,
          powerCycles: 29,
          celsius: 31,
          percentageUsed: 4,
        }),
      ),
    ],
  },
  drivers: ['ahci', 'ahci', 'mpt3sas'],
  raid: [
    command(
      'mdadm',
      `/usr/sbin/mdadm --detail ${MIRRORS.map(({ name }) => `/dev/${name}`).join(' ')}`,
      MIRRORS.map(mirrorDetail).join('\n'),
    ),
  ],
  postgres: [],
  ipmi: (time) =>
    ipmi(
      {
        firmware: '2.85',
        manufacturer: { id: 674, name: 'DELL Inc' },
        driveFault: false,
        watts: 118,
        sensors: [
          ['SEL', '72h', 'ns', ' 7.1', 'No Reading'],
          ['Intrusion', '73h', 'ok', ' 7.1', ''],
          ['Fan1 RPM', '30h', 'ok', ' 7.1', '6240 RPM'],
          ['Fan2 RPM', '31h', 'ok', ' 7.1', '6120 RPM'],
          ['Inlet Temp', '04h', 'ok', ' 7.1', '22 degrees C'],
          ['Exhaust Temp', '01h', 'ok', ' 7.1', '31 degrees C'],
          ['Temp', '0Eh', 'ok', ' 3.1', '41 degrees C'],
          ['Temp', '0Fh', 'ok', ' 3.2', '40 degrees C'],
          ['Status', '85h', 'ok', '10.1', 'Presence detected'],
          ['Status', '86h', 'ok', '10.2', 'Presence detected'],
          ['PS Redundancy', '77h', 'ok', ' 7.1', 'Fully Redundant'],
          ['Fan Redundancy', '75h', 'ok', ' 7.1', 'Fully Redundant'],
          ['Pwr Consumption', '78h', 'ok', ' 7.1', '118 Watts'],
        ],
        events: [{ daysAgo: 212, sensor: 'Event Logging Disabled SEL', event: 'Log area reset/cleared' }],
        board: {
          made: 'Mon Nov 24 03:11:00 2014',
          maker: 'DELL',
          product: 'PowerEdge R630',
          serial: 'DEMO630',
        },
      },
      time,
    ),
};

function mirrorDetail({ name, members, kibibytes }: (typeof MIRRORS)[number]): string {
  const rows = members.map(
    (member, index) =>
      `       ${index}     259        ${index}        ${index}      active sync   /dev/${member}`,
  );
  return `/dev/${name}:
           Version : 1.2
     Creation Time : Mon Mar 18 09:04:11 2024
        Raid Level : raid1
        Array Size : ${kibibytes}
     Used Dev Size : ${kibibytes}
      Raid Devices : 2
     Total Devices : 2
       Persistence : Superblock is persistent

             State : clean
    Active Devices : 2
   Working Devices : 2
    Failed Devices : 0
     Spare Devices : 0

Consistency Policy : resync

    Number   Major   Minor   RaidDevice State
${rows.join('\n')}`;
}

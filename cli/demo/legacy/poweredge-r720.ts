import { ipmi } from './ipmi.ts';
import type { ComposedMachine } from './machine.ts';
import { type PercDrive, perccli } from './perccli.ts';
import { OLD_SETTINGS } from './proc.ts';
import { scsiDiskJson } from './scsi-disk.ts';

const DAY = 86_400;

/** Hours at which SSDs of this model stop for ever, by the maker's bulletin; see catalog/drives.yml. */
const HOUR_LIMIT = 32_768;

const DISKS: readonly (PercDrive & { readonly powerOnHours: number })[] = [
  ...[0, 1, 2, 3].map((slot) => ({
    slot,
    group: 0,
    size: '558.375 GB',
    medium: 'HDD' as const,
    vendor: 'TOSHIBA',
    model: 'AL13SEB600',
    firmware: 'DE09',
    serial: `Y4N${slot}DEMO`,
    celsius: 31 + slot,
    mediaErrors: 0,
    powerOnHours: 71_204 + slot,
  })),
  ...[4, 5].map((slot) => ({
    slot,
    group: 1,
    size: '744.687 GB',
    medium: 'SSD' as const,
    vendor: 'HP',
    model: 'MO0800JFFCH',
    firmware: 'HPD2',
    serial: `0QV${slot}DEMO`,
    celsius: 29,
    mediaErrors: 0,
    powerOnHours: HOUR_LIMIT - 27 * 24,
  })),
];

/**
 * CentOS 7 on a PowerEdge R720 of 2013: one memory module asks for ever more corrections, and the mirror of the
 * write-ahead log lies on two SSDs whose firmware stops both of them in the same hour, four weeks from now.
 */
export const poweredgeR720: ComposedMachine = {
  zone: '+0200/CEST',
  installed: '2016-11-08',
  state: {
    hostname: 'dwh1.demo.example',
    kernel: { release: '3.10.0-1160.el7.x86_64', version: '#1 SMP Mon Oct 19 16:18:59 UTC 2020' },
    os: {
      '/etc/os-release': [
        'NAME="CentOS Linux"',
        'VERSION="7 (Core)"',
        'ID="centos"',
        'ID_LIKE="rhel fedora"',
        'VERSION_ID="7"',
        'PRETTY_NAME="CentOS Linux 7 (Core)"',
      ].join('\n'),
      '/etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)',
    },
    dmiId: { vendor: 'Dell Inc.', product: 'PowerEdge R720', biosVendor: 'Dell Inc.' },
    cpu: {
      model: 45,
      stepping: 7,
      name: 'Intel(R) Xeon(R) CPU E5-2640 0 @ 2.50GHz',
      megahertz: 2499.9,
      cacheKilobytes: 15_360,
      sockets: 2,
      coresPerSocket: 6,
      microcode: '0x714',
      flags:
        'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc aperfmperf eagerfpu pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic popcnt tsc_deadline_timer aes xsave avx lahf_lm epb tpr_shadow vnmi flexpriority ept vpid xsaveopt dtherm ida arat pln pts',
      addressBits: 46,
      busyRatio: 0.41,
    },
    memory: {
      totalKilobytes: 131_720_000,
      freeKilobytes: 2_204_116,
      cachedKilobytes: 101_220_480,
      sharedKilobytes: 33_554_432,
      swapKilobytes: 16_777_212,
      swapUsedKilobytes: 204_800,
      lines: 'EL7',
    },
    uptimeSeconds: 611 * DAY + 7_004,
    load: [9.8, 8.91, 8.2],
    disks: [
      { name: 'sda', major: 8, minor: 0, reads: 2_204_114_020, writes: 1_120_400_220, milliseconds: 8 },
      { name: 'sdb', major: 8, minor: 16, reads: 120_441_002, writes: 3_204_881_114, milliseconds: 1 },
    ],
    fileSystems: [
      {
        device: '/dev/sda2',
        mount: '/',
        type: 'xfs',
        options: 'rw,relatime',
        gigabytes: 50,
        usedRatio: 0.44,
      },
      {
        device: '/dev/sda1',
        mount: '/boot',
        type: 'xfs',
        options: 'rw,relatime',
        gigabytes: 1,
        usedRatio: 0.35,
      },
      {
        device: '/dev/sda3',
        mount: '/pgdata',
        type: 'xfs',
        options: 'rw,noatime',
        gigabytes: 1140,
        usedRatio: 0.79,
      },
      {
        device: '/dev/sdb1',
        mount: '/pgwal',
        type: 'xfs',
        options: 'rw,noatime',
        gigabytes: 799,
        usedRatio: 0.11,
      },
    ],
    networks: [
      { name: 'em1', address: '02:00:00:72:00:00', speed: 10_000, receiveErrors: 0 },
      { name: 'em2', address: '02:00:00:72:00:01', speed: 10_000, receiveErrors: 0 },
    ],
    clocksource: 'tsc',
    vulnerabilities: {
      l1tf: 'Mitigation: PTE Inversion; VMX: conditional cache flushes, SMT disabled',
      mds: 'Vulnerable: Clear CPU buffers attempted, no microcode; SMT disabled',
      meltdown: 'Mitigation: PTI',
      spec_store_bypass: 'Vulnerable',
      spectre_v1: 'Mitigation: Load fences, usercopy/swapgs barriers and __user pointer sanitization',
      spectre_v2: 'Mitigation: Full retpoline',
    },
    edac: [
      { name: 'Sandy Bridge Socket#0', corrected: [0, 4_912] },
      { name: 'Sandy Bridge Socket#1', corrected: [0, 0] },
    ],
    settings: {
      ...OLD_SETTINGS,
      '/proc/sys/vm/swappiness': '10',
      '/sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never',
    },
    mdstat: 'Personalities : \nunused devices: <none>',
  },
  firmware: {
    tool: '3.2',
    smbios: '2.7',
    vendor: 'Dell Inc.',
    product: 'PowerEdge R720',
    serial: 'DEMO720',
    bios: { vendor: 'Dell Inc.', version: '2.2.3', date: '05/20/2014' },
    board: { product: '0X3D66', version: 'A00' },
    height: '2 U',
    processors: [1, 2].map((number) => ({
      socket: `CPU${number}`,
      version: 'Intel(R) Xeon(R) CPU E5-2640 0 @ 2.50GHz',
      model: 45,
      stepping: 7,
      megahertz: 2500,
      cores: 6,
    })),
    memory: {
      maximum: '1536 GB',
      slots: ['A', 'B'].flatMap((channel) =>
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((number) => ({
          locator: `DIMM_${channel}${number}`,
          bank: 'Not Specified',
          ...(number <= 4
            ? {
                module: {
                  megabytes: 16_384,
                  formFactor: 'DIMM',
                  type: 'DDR3',
                  rated: 1600,
                  configured: 1333,
                  maker: 'DEMO MEMORY',
                  part: 'DM16G-1600-R',
                },
              }
            : {}),
        })),
      ),
    },
    powerSupplies: [1, 2].map((number) => ({
      location: `PSU ${number}`,
      model: 'PWR SPLY,750W,RDNT',
      watts: 750,
      status: 'Present, OK',
      plugged: true,
    })),
  },
  smartctl: {
    version: 'smartctl 7.0 2018-12-30 r4883 [x86_64-linux-3.10.0-1160.el7.x86_64] (local build)',
    scan: DISKS.map(
      ({ slot }) => `/dev/bus/0 -d megaraid,${slot} # /dev/bus/0 [megaraid_disk_0${slot}], SCSI device`,
    ).join('\n'),
    disks: DISKS.map(({ slot, vendor, model, firmware, serial, celsius, medium, powerOnHours }) =>
      scsiDiskJson({
        device: '/dev/bus/0',
        type: `megaraid,${slot}`,
        vendor,
        product: model,
        revision: firmware,
        serial,
        gigabytes: medium === 'HDD' ? 600 : 800,
        rotationRate: medium === 'HDD' ? 10_500 : 0,
        powerOnHours,
        celsius,
        made: { year: medium === 'HDD' ? 2016 : 2015, week: 22 },
        grownDefects: 0,
        readErrors: { corrected: 0, uncorrected: 0 },
        nonMediumErrors: 0,
        percentUsed: 9,
      }),
    ),
  },
  drivers: ['megaraid_sas', 'ahci', 'ahci'],
  raid: perccli({
    model: 'PERC H710P Mini',
    serial: '33DEMO1',
    firmware: '21.3.0-0009',
    celsius: 64,
    memoryMegabytes: 1024,
    volumes: [
      { id: 0, level: 'RAID10', size: '1.090 TB', name: 'pgdata', device: '/dev/sda' },
      { id: 1, level: 'RAID1', size: '744.687 GB', name: 'pgwal', device: '/dev/sdb' },
    ],
    drives: DISKS,
  }),
  postgres: [{ version: '11', directory: '/var/lib/pgsql/11/data', port: 5432 }],
  ipmi: (time) =>
    ipmi(
      {
        firmware: '2.65',
        manufacturer: { id: 674, name: 'DELL Inc' },
        driveFault: false,
        watts: 252,
        sensors: [
          ['SEL', '72h', 'ns', ' 7.1', 'No Reading'],
          ['Intrusion', '73h', 'ok', ' 7.1', ''],
          ['Fan1 RPM', '30h', 'ok', ' 7.1', '5040 RPM'],
          ['Fan2 RPM', '31h', 'ok', ' 7.1', '5160 RPM'],
          ['Inlet Temp', '04h', 'ok', ' 7.1', '24 degrees C'],
          ['Exhaust Temp', '01h', 'ok', ' 7.1', '38 degrees C'],
          ['Temp', '0Eh', 'ok', ' 3.1', '61 degrees C'],
          ['Temp', '0Fh', 'ok', ' 3.2', '58 degrees C'],
          ['ECC Corr Err', '01h', 'ok', '34.1', ''],
          ['Status', '85h', 'ok', '10.1', 'Presence detected'],
          ['Status', '86h', 'ok', '10.2', 'Presence detected'],
          ['PS Redundancy', '77h', 'ok', ' 7.1', 'Fully Redundant'],
          ['Fan Redundancy', '75h', 'ok', ' 7.1', 'Fully Redundant'],
          ['Pwr Consumption', '78h', 'ok', ' 7.1', '252 Watts'],
        ],
        events: [
          { daysAgo: 1402, sensor: 'Event Logging Disabled SEL', event: 'Log area reset/cleared' },
          { daysAgo: 64, sensor: 'Memory ECC Corr Err', event: 'Correctable ECC (CE) | DIMM A3' },
          { daysAgo: 19, sensor: 'Memory ECC Corr Err', event: 'Correctable ECC logging limit reached' },
          { daysAgo: 4, sensor: 'Memory ECC Corr Err', event: 'Correctable ECC logging limit reached' },
        ],
        board: {
          made: 'Wed Mar 13 02:43:00 2013',
          maker: 'DELL',
          product: 'PowerEdge R720',
          serial: 'DEMO720',
        },
      },
      time,
    ),
};

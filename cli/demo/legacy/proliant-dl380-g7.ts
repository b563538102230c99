import { hpacucli } from './hpacucli.ts';
import { ipmi } from './ipmi.ts';
import type { ComposedMachine } from './machine.ts';
import { OLD_SETTINGS } from './proc.ts';
import { SMARTCTL_543, scsiDiskText } from './scsi-disk.ts';

const DAY = 86_400;

interface Member {
  readonly bay: number;
  readonly serial: string;
  readonly powerOnHours: number;
  readonly celsius: number;
  readonly dying?: boolean;
  readonly spare?: boolean;
}

const MEMBERS: readonly Member[] = [
  { bay: 1, serial: '6SE0DEMO', powerOnHours: 119_204.5, celsius: 32 },
  { bay: 2, serial: '6SE1DEMO', powerOnHours: 119_201.2, celsius: 33 },
  { bay: 3, serial: '6SE2DEMO', powerOnHours: 119_188.7, celsius: 36, dying: true },
  { bay: 4, serial: '6SE3DEMO', powerOnHours: 74_310.1, celsius: 34 },
];

/**
 * CentOS 6 on a ProLiant DL380 G7 of 2010: one disk announces its end, the battery of the write cache has
 * come to its own, and the kernel is one of those that stop after 208 days.
 */
export const proliantDl380G7: ComposedMachine = {
  zone: '+0200/CEST',
  installed: '2012-02-14',
  state: {
    hostname: 'hr1.demo.example',
    kernel: { release: '2.6.32-220.el6.x86_64', version: '#1 SMP Tue Dec 6 19:48:22 GMT 2011' },
    os: { '/etc/redhat-release': 'CentOS release 6.2 (Final)' },
    dmiId: { vendor: 'HP', product: 'ProLiant DL380 G7', biosVendor: 'HP' },
    cpu: {
      model: 44,
      stepping: 2,
      name: 'Intel(R) Xeon(R) CPU           E5640  @ 2.67GHz',
      megahertz: 2666.8,
      cacheKilobytes: 12_288,
      sockets: 2,
      coresPerSocket: 4,
      flags:
        'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon pebs bts rep_good xtopology nonstop_tsc aperfmperf pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cx16 xtpr pdcm dca sse4_1 sse4_2 popcnt aes lahf_lm ida arat',
      addressBits: 40,
      busyRatio: 0.22,
    },
    memory: {
      totalKilobytes: 49_413_120,
      freeKilobytes: 1_204_880,
      cachedKilobytes: 38_204_116,
      sharedKilobytes: 8_602_312,
      swapKilobytes: 8_388_600,
      swapUsedKilobytes: 12_044,
      lines: 'EL6',
    },
    uptimeSeconds: 196 * DAY + 40_311,
    load: [2.1, 2.34, 2.2],
    disks: [{ name: 'sda', major: 8, minor: 0, reads: 412_004_120, writes: 902_114_006, milliseconds: 9 }],
    fileSystems: [
      {
        device: '/dev/sda3',
        mount: '/',
        type: 'ext4',
        options: 'rw,relatime',
        gigabytes: 50,
        usedRatio: 0.52,
      },
      {
        device: '/dev/sda1',
        mount: '/boot',
        type: 'ext4',
        options: 'rw,relatime',
        gigabytes: 0.5,
        usedRatio: 0.3,
      },
      {
        device: '/dev/sda4',
        mount: '/var/lib/pgsql',
        type: 'ext4',
        options: 'rw,noatime',
        gigabytes: 535,
        usedRatio: 0.63,
      },
    ],
    networks: [
      { name: 'eth0', address: '02:00:00:38:07:00', speed: 1000, receiveErrors: 0 },
      { name: 'eth1', address: '02:00:00:38:07:01', speed: 1000, receiveErrors: 0 },
    ],
    clocksource: 'tsc',
    settings: {
      ...OLD_SETTINGS,
      '/proc/sys/vm/zone_reclaim_mode': '1',
      '/sys/kernel/mm/redhat_transparent_hugepage/enabled': '[always] madvise never',
    },
    mdstat: 'Personalities : \nunused devices: <none>',
  },
  firmware: {
    tool: '2.12',
    smbios: '2.7',
    vendor: 'HP',
    product: 'ProLiant DL380 G7',
    serial: 'DEMODL380G7',
    bios: { vendor: 'HP', version: 'P67', date: '05/05/2011' },
    board: { product: 'DL380 G7', version: 'Not Specified' },
    height: '2 U',
    processors: [1, 2].map((number) => ({
      socket: `Proc ${number}`,
      version: 'Intel(R) Xeon(R) CPU           E5640  @ 2.67GHz',
      model: 44,
      stepping: 2,
      megahertz: 2666,
      cores: 4,
    })),
    memory: {
      maximum: '384 GB',
      slots: [1, 2].flatMap((cpu) =>
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({
          locator: `PROC ${cpu} DIMM ${number}`,
          bank: 'Not Specified',
          ...(number % 3 === 0
            ? {
                module: {
                  megabytes: 8192,
                  formFactor: 'DIMM',
                  type: 'DDR3',
                  rated: 1333,
                  configured: 1066,
                  maker: 'DEMO MEMORY',
                  part: 'DM8G-1333-R',
                },
              }
            : {}),
        })),
      ),
    },
    powerSupplies: [1, 2].map((number) => ({
      location: `Power Supply ${number}`,
      model: '503296-B21',
      watts: 460,
      status: 'Present, OK',
      plugged: true,
    })),
  },
  smartctl: {
    version: SMARTCTL_543,
    scan: '',
    disks: MEMBERS.map(({ bay, dying = false, ...member }) =>
      scsiDiskText(
        {
          ...member,
          device: '/dev/sda',
          type: `cciss,${bay - 1}`,
          vendor: 'HP',
          product: 'EG0300FAWHV',
          revision: 'HPDD',
          gigabytes: 300,
          rotationRate: 10_000,
          made: { year: bay === 4 ? 2015 : 2010, week: 31 },
          grownDefects: dying ? 812 : 0,
          readErrors: { corrected: dying ? 9_204_112 : 1022, uncorrected: dying ? 41 : 0 },
          nonMediumErrors: 3,
          ...(dying
            ? { failure: 'HARDWARE IMPENDING FAILURE GENERAL HARD DRIVE FAILURE [asc=5d, ascq=10]' }
            : {}),
        },
        SMARTCTL_543,
      ),
    ),
  },
  drivers: ['hpsa', 'ata_piix'],
  raid: [
    hpacucli({
      model: 'Smart Array P410i',
      slot: 0,
      serial: '50014380DEMO0001',
      firmware: '5.14',
      celsius: 71,
      cacheMegabytes: 512,
      cacheStatus: 'Permanently Disabled',
      cacheDetails: 'Cache disabled; battery/capacitor failed to charge to an acceptable level',
      batteryStatus: 'Failed (Replace Batteries)',
      volume: { size: '558.7 GB', level: '1+0', status: 'OK', device: '/dev/sda' },
      drives: MEMBERS.map(({ bay, serial, celsius, dying = false, spare = false }) => ({
        bay,
        spare,
        status: dying ? 'Predictive Failure' : 'OK',
        gigabytes: 300,
        rotationRate: 10_000,
        firmware: 'HPDD',
        serial,
        model: 'EG0300FAWHV',
        celsius,
      })),
    }),
  ],
  postgres: [
    { version: '9.6', directory: '/var/lib/pgsql/9.6/data', port: 5432 },
    // Left behind by the last upgrade.
    { version: '8.4', directory: '/var/lib/pgsql/data' },
  ],
  ipmi: (time) =>
    ipmi(
      {
        firmware: '1.26',
        manufacturer: { id: 11, name: 'Hewlett-Packard' },
        driveFault: true,
        watts: 214,
        sensors: [
          ['UID Light', '01h', 'ok', '23.1', 'Off'],
          ['Sys. Health LED', '02h', 'ok', '23.2', 'Amber'],
          ['Power Supply 1', '03h', 'ok', '10.1', '110 Watts, Presence detected'],
          ['Power Supply 2', '04h', 'ok', '10.2', '104 Watts, Presence detected'],
          ['Power Supplies', '05h', 'ok', '10.3', 'Fully Redundant'],
          ['Fan 1', '07h', 'ok', ' 7.1', '34.89 percent'],
          ['Fan 2', '08h', 'ok', ' 7.2', '34.89 percent'],
          ['Fan 3', '09h', 'ok', ' 7.3', '36.06 percent'],
          ['Fans', '0Dh', 'ok', ' 7.9', 'Fully Redundant'],
          ['Temp 1', '0Eh', 'ok', '64.1', '23 degrees C'],
          ['Temp 2', '0Fh', 'ok', ' 3.1', '40 degrees C'],
          ['Temp 3', '10h', 'ok', ' 3.2', '40 degrees C'],
          ['Memory', '2Ch', 'ok', ' 8.1', 'Presence Detected'],
        ],
        events: [
          { daysAgo: 890, sensor: 'Event Logging Disabled SEL', event: 'Log area reset/cleared' },
          { daysAgo: 31, sensor: 'Drive Slot / Bay Disk Drive Bay 3', event: 'Predictive Failure' },
        ],
        board: {
          made: 'Mon Sep 13 06:35:00 2010',
          maker: 'HP',
          product: 'ProLiant DL380 G7',
          serial: 'DEMODL380G7',
        },
      },
      time,
    ),
};

import type { ComposedSection } from './capture-text.ts';
import { deniedIpmi } from './ipmi.ts';
import type { ComposedMachine } from './machine.ts';
import { type MegaRaidDrive, megacli } from './megacli.ts';
import { OLD_SETTINGS } from './proc.ts';
import { type ScsiDisk, SMARTCTL_5, scsiDiskText, silentDisk } from './scsi-disk.ts';

const DAY = 86_400;

interface Member {
  readonly serial: string;
  readonly powerOnHours: number;
  readonly celsius: number;
  readonly failed: boolean;
  readonly mediaErrors: number;
  readonly grownDefects: number;
  readonly lostReads: number;
}

const WELL = { failed: false, mediaErrors: 0, grownDefects: 0, lostReads: 0 };

/** The disks of the RAID 5 by their slots. */
const MEMBERS: readonly Member[] = [
  { ...WELL, serial: '3LM0DEMO', powerOnHours: 151_204.31, celsius: 38 },
  { ...WELL, serial: '3LM1DEMO', powerOnHours: 151_198.02, celsius: 40 },
  { ...WELL, serial: '3LM2DEMO', powerOnHours: 150_877.9, celsius: 0, failed: true, mediaErrors: 211 },
  {
    ...WELL,
    serial: '3LM3DEMO',
    powerOnHours: 88_320.44,
    celsius: 41,
    mediaErrors: 37,
    grownDefects: 214,
    lostReads: 9,
  },
];

const MODEL = { vendor: 'SEAGATE', product: 'ST3300655SS', revision: 'S527' };

function asDisk(member: Member, slot: number): ComposedSection {
  const device = '/dev/sda';
  const type = `megaraid,${slot}`;
  if (member.failed) return silentDisk(device, type, SMARTCTL_5);
  const { serial, powerOnHours, celsius, grownDefects, lostReads } = member;
  const disk: ScsiDisk = {
    ...MODEL,
    device,
    type,
    serial,
    gigabytes: 300,
    rotationRate: 15_000,
    powerOnHours,
    celsius,
    made: { year: 2007, week: 19 },
    grownDefects,
    readErrors: { corrected: lostReads > 0 ? 1_204_377 : 44_120, uncorrected: lostReads },
    nonMediumErrors: 12,
  };
  return scsiDiskText(disk, SMARTCTL_5);
}

function asSlot({ serial, celsius, failed, mediaErrors }: Member, slot: number): MegaRaidDrive {
  const state = failed ? 'Failed' : 'Online, Spun Up';
  const otherErrors = failed ? 18 : 0;
  const place = { slot, group: 0, arm: slot };
  return { ...MODEL, ...place, serial, celsius, state, mediaErrors, otherErrors, predictiveFailures: 0 };
}

/**
 * CentOS 5 on a PowerEdge 2950 of 2007: DDR2 on fully buffered modules, a RAID 5 that has lost a disk and
 * whose last good copy of some blocks lies on a disk that loses them.
 */
export const poweredge2950: ComposedMachine = {
  zone: '+0200/CEST',
  installed: '2007-07-02',
  state: {
    hostname: 'erp1.demo.example',
    kernel: { release: '2.6.18-398.el5', version: '#1 SMP Tue Sep 16 20:50:52 EDT 2014' },
    os: { '/etc/redhat-release': 'CentOS release 5.11 (Final)' },
    cpu: {
      model: 15,
      stepping: 7,
      name: 'Intel(R) Xeon(R) CPU           E5345  @ 2.33GHz',
      megahertz: 2327.5,
      cacheKilobytes: 4096,
      sockets: 2,
      coresPerSocket: 4,
      flags:
        'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm syscall nx lm constant_tsc pni monitor ds_cpl vmx est tm2 ssse3 cx16 xtpr dca lahf_lm',
      addressBits: 36,
      busyRatio: 0.34,
    },
    memory: {
      totalKilobytes: 16_439_680,
      freeKilobytes: 214_012,
      cachedKilobytes: 11_804_112,
      sharedKilobytes: 2_140_224,
      swapKilobytes: 8_388_600,
      swapUsedKilobytes: 1_204_556,
      lines: 'EL5',
    },
    uptimeSeconds: 412 * DAY + 11_204,
    load: [6.41, 5.87, 5.12],
    disks: [{ name: 'sda', major: 8, minor: 0, reads: 812_044_190, writes: 1_204_331_020, milliseconds: 14 }],
    fileSystems: [
      {
        device: '/dev/sda2',
        mount: '/',
        type: 'ext3',
        options: 'rw,data=ordered',
        gigabytes: 39,
        usedRatio: 0.71,
      },
      {
        device: '/dev/sda1',
        mount: '/boot',
        type: 'ext3',
        options: 'rw,data=ordered',
        gigabytes: 0.2,
        usedRatio: 0.4,
      },
      {
        device: '/dev/mapper/VolGroup00-pgsql',
        mount: '/var/lib/pgsql',
        type: 'ext3',
        options: 'rw,data=ordered',
        gigabytes: 820,
        usedRatio: 0.88,
      },
    ],
    networks: [
      { name: 'eth0', address: '02:00:00:29:50:00', speed: 1000, receiveErrors: 4 },
      { name: 'eth1', address: '02:00:00:29:50:01', receiveErrors: 0 },
    ],
    clocksource: 'tsc',
    edac: [{ name: 'i5000', corrected: [0, 0, 0, 0] }],
    settings: OLD_SETTINGS,
    mdstat: 'Personalities : \nunused devices: <none>',
  },
  firmware: {
    tool: '2.12',
    smbios: '2.4',
    vendor: 'Dell Inc.',
    product: 'PowerEdge 2950',
    serial: 'DEMO295',
    bios: { vendor: 'Dell Inc.', version: '2.7.0', date: '10/30/2010' },
    board: { product: '0DT021', version: 'A05' },
    height: '2 U',
    processors: [1, 2].map((number) => ({
      socket: `PROC_${number}`,
      version: 'Intel(R) Xeon(R) CPU           E5345  @ 2.33GHz',
      model: 15,
      stepping: 7,
      megahertz: 2333,
      cores: 4,
    })),
    memory: {
      maximum: '64 GB',
      slots: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => ({
        locator: `DIMM${number}`,
        bank: 'Not Specified',
        module: {
          megabytes: 2048,
          formFactor: 'FB-DIMM',
          type: 'DDR2 FB-DIMM',
          rated: 667,
          configured: 667,
          maker: 'DEMO MEMORY',
          part: 'DM2G-667-FB',
        },
      })),
    },
    powerSupplies: [],
  },
  smartctl: {
    version: SMARTCTL_5,
    scan: '',
    disks: MEMBERS.map(asDisk),
  },
  drivers: ['megaraid_sas', 'ata_piix', 'ata_piix'],
  raid: megacli({
    product: 'PERC 6/i Integrated',
    serial: '1122334455DEMO01',
    firmware: '6.3.3.0002',
    memoryMegabytes: 256,
    volumes: [
      { id: 0, name: 'pgsql', level: 5, size: '836.625 GB', state: 'Degraded', drives: 4, writeBack: false },
    ],
    drives: MEMBERS.map(asSlot),
    battery: {
      replace: false,
      charge: 61,
      fullMilliampereHours: 1102,
      designMilliampereHours: 1900,
      made: '03/14, 2012',
    },
  }),
  ipmi: () => deniedIpmi(),
  postgres: [{ version: '9.2', directory: '/var/lib/pgsql/9.2/data', port: 5432 }],
};

import { PgfleetError } from '../../../lib/errors.ts';
import type { Section } from '../capture.ts';
import { contentOf } from '../host-collector.ts';
import { readNvmeCli } from './nvme-cli.ts';
import { parseSmartctl, reportOf as reportFrom } from './smartctl.ts';
import { NO_FINDINGS, type SmartReport } from './smartctl-report.ts';
import { parseSmartctlScan, type ScannedDevice } from './smartctl-scan.ts';

/** A device smartctl was asked about. */
export interface Disk {
  /** The `device` label of smartctl_exporter: "sda", "bus_0_megaraid_8". */
  readonly device: string;
  /** What smartctl was given after -d; undefined where it chose by itself. */
  readonly type: string | undefined;
  /** Where the disk is behind a RAID controller. */
  readonly member: { readonly controller: string; readonly slot: string } | undefined;
  readonly kind: DiskKind;
  readonly report: SmartReport;
}

/**
 * - physical: a disk that can wear out
 * - volume: what a RAID controller or a storage array makes of disks; says nothing about them
 * - virtual: a disk of a virtual machine
 */
export type DiskKind = 'physical' | 'volume' | 'virtual';

/** Sections "smartctl:DEVICE" or "smartctl:DEVICE:TYPE", one for each run of smartctl. */
export const DISK_SECTIONS = 'smartctl:';

/** Sections "nvme:DEVICE:id-ctrl" and "nvme:DEVICE:smart-log", where smartctl is too old or missing. */
const NVME_SECTIONS = 'nvme:';

/** Whether a tool that knows disks was there. Throws PgfleetError when it could not be run. */
export function hasDiskTool(input: DiskInput): boolean {
  return contentOf(input.section('smartctl')) !== undefined || input.sections(NVME_SECTIONS).length > 0;
}

const known = new WeakMap<object, readonly Disk[]>();

interface DiskInput {
  section(name: string): Section;
  sections(prefix: string): readonly Section[];
}

/** The disks of a capture, read once for all collectors. Throws PgfleetError when none may be read. */
export function disksOf(input: DiskInput): readonly Disk[] {
  const before = known.get(input);
  if (before !== undefined) return before;
  const scanned = parseSmartctlScan(input.section('smartctl-scan').output);
  const disks = readDisks(input.sections(DISK_SECTIONS), scanned, nvmeDisks(input.sections(NVME_SECTIONS)));
  known.set(input, disks);
  return disks;
}

/**
 * One entry per disk, though it may be reachable in several ways; empty slots of controllers are none.
 * A scanned device that was not asked, for want of time, is a disk nothing could be read of.
 */
export function readDisks(
  sections: readonly Section[],
  scanned: readonly ScannedDevice[] = [],
  others: readonly Disk[] = [],
): readonly Disk[] {
  if (sections.length > 0 && others.length === 0 && sections.every(isDenied)) {
    throw new PgfleetError('permission', 'smartctl: reading disks needs root or a sudo rule');
  }
  const disks = [
    ...sections.flatMap((section) => readDisk(section) ?? []),
    ...others,
    ...scanned.filter((device) => !sections.some((section) => isOf(section, device))).map(notAsked),
  ];
  // A device the kernel knows is a better name than a slot, and any that answered than one that did not.
  const rank = ({ report, member }: Disk) =>
    (report.condition === 'read' ? 0 : 2) + (member === undefined ? 0 : 1);
  const names = new Set<string>();
  const identities = new Set<string>();
  const kept = new Set<Disk>();
  for (const disk of [...disks].sort((one, other) => rank(one) - rank(other))) {
    const identity = identityOf(disk.report);
    if (names.has(disk.device) || (identity !== undefined && identities.has(identity))) continue;
    names.add(disk.device);
    if (identity !== undefined) identities.add(identity);
    kept.add(disk);
  }
  return disks.filter((disk) => kept.has(disk));
}

/** Devices that nvme-cli told something of. */
function nvmeDisks(sections: readonly Section[]): Disk[] {
  const told = new Map(sections.map(({ name, status, output }) => [name, status === 'ok' ? output : '']));
  const devices = new Set(sections.map(({ name }) => name.split(':')[1] ?? ''));
  return [...devices].flatMap((path) => {
    const of = (command: string) => told.get(`${NVME_SECTIONS}${path}:${command}`) ?? '';
    const findings = readNvmeCli({ idCtrl: of('id-ctrl'), smartLog: of('smart-log') });
    if (findings === undefined) return [];
    const report = reportFrom(findings);
    return [
      {
        device: deviceLabel(path, undefined),
        type: undefined,
        member: undefined,
        kind: kindOf(report),
        report,
      },
    ];
  });
}

/** Refused by sudo, or by the kernel to one who is not root. */
function isDenied({ status, output }: Section): boolean {
  return status === 'denied' || /Smartctl open device: .*: Permission denied/i.test(output);
}

function isOf({ name }: Section, { path, type }: ScannedDevice): boolean {
  const of = name.slice(DISK_SECTIONS.length);
  return of === path || of === `${path}:${type}`;
}

function notAsked({ path, type }: ScannedDevice): Disk {
  const report = unread('skipped', undefined);
  return { device: deviceLabel(path, type), type, member: memberOf(type), kind: 'physical', report };
}

function readDisk(section: Section): Disk | undefined {
  const [path = '', type] = section.name.slice(DISK_SECTIONS.length).split(':');
  const member = memberOf(type);
  const report = reportOf(section);
  if (member !== undefined && report.condition === 'failed' && section.status !== 'timeout') return undefined;
  return { device: deviceLabel(path, type), type, member, kind: kindOf(report), report };
}

function reportOf(section: Section): SmartReport {
  const { status, output, exitCode } = section;
  const complete = status === 'ok' || status === 'failed';
  const report = complete ? parseSmartctl(output, { exitStatus: exitCode }) : undefined;
  return report ?? unread(status, exitCode);
}

function unread(problem: string, exitStatus: number | undefined): SmartReport {
  const { standby: _, ...nothing } = NO_FINDINGS;
  return { ...nothing, exitStatus, condition: 'failed', problem };
}

/** "megaraid,8", "sat+megaraid,8", "aacraid,0,0,3", "areca,3/1". */
function memberOf(type: string | undefined): Disk['member'] {
  const found = /^(?:sat\+)?(?<controller>[a-z0-9]+),(?<slot>[0-9,/]+)$/.exec(type ?? '')?.groups;
  const { controller, slot } = found ?? {};
  return controller === undefined || slot === undefined || controller === 'sat'
    ? undefined
    : { controller, slot };
}

/** As smartctl_exporter makes it of a path and a type. */
export function deviceLabel(path: string, type: string | undefined): string {
  const name = path.replace(/^\/dev\/(?:disk\/by-(?:id|path)\/)?/, '').replaceAll('/', '_');
  return type?.includes(',') === true ? `${name}_${type.replaceAll(/[,/]/g, '_')}` : name;
}

const VIRTUAL =
  /^(?:QEMU|VMware|VBOX|VirtualBox|Virtio|Msft|Microsoft Virtual|Xen\b|Google (?:Persistent|Ephemeral)|nvme_card|Amazon E(?:C2|lastic)|Nutanix|Alibaba Cloud|Bhyve|Parallels)/i;

const VOLUME =
  /LOGICAL VOLUME|Virtual Disk|Raid \d+ Volume|\bPERC\b|MegaRAID|ServeRAID|MRAID|\bRAID\b|\bMR\d{4}|Smart Array|\b(?:Adaptec|AMCC|3ware|AVAGO|Areca|ICP)\b|^LSI |\bLUN\b|MULTI-FLEX|3PARdata|^DGC |^NETAPP |^LIO-ORG|^IET |EqualLogic|COMPELNT|^PURE |^HUAWEI XSG|\bBOSS\b/i;

export function kindOf({ identity, problem }: Pick<SmartReport, 'identity' | 'problem'>): DiskKind {
  const { modelName = '' } = identity;
  if (VIRTUAL.test(modelName)) return 'virtual';
  // "DELL or MegaRaid controller, please try adding '-d megaraid,N'": it wants to be asked for its members.
  return VOLUME.test(modelName) || /'-d \w+,N/.test(problem ?? '') ? 'volume' : 'physical';
}

/** What makes two devices one disk; undefined where the serial number is masked or missing. */
function identityOf({ identity: { serialNumber, modelName } }: SmartReport): string | undefined {
  const serial = serialNumber?.trim();
  if (serial === undefined || !/^(?=.*\d)[\w -]{6,}$/.test(serial) || /^(.)\1*$/.test(serial))
    return undefined;
  return `${modelName} ${serial}`;
}

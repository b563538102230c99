import { countOf, leadingInteger } from './smartctl-number.ts';
import {
  NO_FINDINGS,
  type SmartFindings,
  type SmartIdentity,
  type SmartProtocol,
} from './smartctl-report.ts';
import { readAtaText } from './smartctl-text-ata.ts';
import { known, type TextFields, textFields } from './smartctl-text-fields.ts';
import { readNvmeText } from './smartctl-text-nvme.ts';
import { readScsiText } from './smartctl-text-scsi.ts';
import { selfTestLogs } from './smartctl-text-self-tests.ts';

/**
 * Reads what smartctl 5.3 to 7.5 prints for people, in any order and with any part missing; undefined
 * when nothing in it is smartctl's. Never throws.
 */
export function readSmartctlText(text: string): SmartFindings | undefined {
  const fields = textFields(text);
  const build = buildOf(fields);
  const protocol = protocolOf(fields);
  const findings: SmartFindings = {
    ...NO_FINDINGS,
    smartctl: build,
    standby: fields.lines.some((line) => /^Device is in \S.* mode/.test(line)),
    problem: fields.lines
      .slice(0, 60)
      .find((line) => PROBLEM.test(line))
      ?.trim(),
    device: { ...NO_FINDINGS.device, protocol },
    identity: identityOf(fields),
    ...sizesOf(fields, protocol),
    rotationRate: rotationOf(fields),
    ...supportOf(fields),
    healthPassed: healthOf(fields),
    selfTestLogs: selfTestLogs(fields.lines),
    ...readAtaText(fields),
    ...(protocol === 'SCSI' ? readScsiText(fields) : {}),
    ...(protocol === 'NVMe' ? readNvmeText(fields) : {}),
  };
  const said =
    build.version !== undefined ||
    protocol !== undefined ||
    findings.standby ||
    findings.problem !== undefined ||
    findings.attributes.length > 0;
  return said ? findings : undefined;
}

/** What smartctl or sudo say instead of data. */
const PROBLEM =
  /^(?:Smartctl open device: .* failed|.*: Unknown USB bridge|.*: Unable to detect device type|.*: requires option|Unknown device type|Read .* failed|A mandatory SMART command failed|(?:Standard )?Inquiry.* failed|INQUIRY failed|Smartctl: |=======> |sudo: |.*: (?:Permission denied|command not found)$)/i;

function buildOf({ lines }: TextFields): SmartFindings['smartctl'] {
  for (const line of lines.slice(0, 200)) {
    const found =
      /^smartctl (?:version )?(?:pre-)?(?<version>\d{1,2}\.\d{1,3}(?:\.\d{1,2})?)(?:[ ,].*)?$/.exec(
        line,
      )?.groups;
    if (found === undefined) continue;
    return {
      ...NO_FINDINGS.smartctl,
      version: found['version'],
      svnRevision: / r(?<revision>\d{1,6})\b/.exec(line)?.groups?.['revision'],
      buildInfo: /\] (?<info>\([^()]{1,80}\))$/.exec(line)?.groups?.['info'],
    };
  }
  return NO_FINDINGS.smartctl;
}

function protocolOf(fields: TextFields): SmartProtocol | undefined {
  const has = (...names: readonly string[]) => names.some((name) => fields.get(name) !== undefined);
  const says = (pattern: RegExp) => fields.lines.some((line) => pattern.test(line));
  if (
    has('Model Number', 'NVMe Version', 'Temperature Sensor 1') ||
    says(/^SMART\/Health Information \(NVMe Log/)
  )
    return 'NVMe';
  if (has('Device Model', 'ATA Version is') || says(/^SMART Attributes Data Structure|^ID# +ATTRIBUTE_NAME/))
    return 'ATA';
  if (has('SMART Health Status', 'Elements in grown defect list', 'Current Drive Temperature')) return 'SCSI';
  return has('Product', 'Transport protocol') || says(OLD_SCSI) ? 'SCSI' : undefined;
}

/** smartctl 5.3: vendor, product and revision in columns of one line. */
const OLD_SCSI = /^Device: (?<vendor>.{8}) (?<product>.{1,24}?) +Version: *(?<revision>.*)$/;

function identityOf(fields: TextFields): SmartIdentity {
  const field = (...names: readonly string[]) => {
    for (const name of names) {
      const value = known(fields.get(name));
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const old = fields.lines.map((line) => OLD_SCSI.exec(line)?.groups).find((groups) => groups !== undefined);
  const scsiVendor = field('Vendor') ?? known(old?.['vendor']);
  const scsiProduct = field('Product') ?? known(old?.['product']);
  const scsiRevision = field('Revision') ?? known(old?.['revision']);
  const scsiModel = [scsiVendor, scsiProduct].filter((part) => part !== undefined).join(' ');
  const ataVersion = field('ATA Version is');
  return {
    modelFamily: field('Model Family'),
    modelName: field('Device Model', 'Model Number') ?? known(scsiModel),
    serialNumber: field('Serial Number'),
    firmwareVersion: field('Firmware Version') ?? scsiRevision,
    wwn: wwnOf(field('LU WWN Device Id', 'Logical Unit id')),
    ataAdditionalProductId: field('Add. Product Id'),
    // smartctl 5 gives the number alone there and the name in a line of its own.
    ataVersion: ataVersion !== undefined && /^\d+$/.test(ataVersion) ? field('ATA Standard is') : ataVersion,
    sataVersion: field('SATA Version is')?.split(',')[0],
    formFactor: field('Form Factor'),
    scsiVendor,
    scsiProduct,
    scsiRevision,
    scsiVersion: field('Compliance'),
  };
}

function wwnOf(text: string | undefined): string | undefined {
  const hex = text?.replaceAll(/^0x|\s/gi, '').toLowerCase();
  return hex !== undefined && /^[0-9a-f]{10,32}$/.test(hex) ? hex : undefined;
}

function sizesOf(fields: TextFields, protocol: SmartProtocol | undefined) {
  const nvme = protocol === 'NVMe';
  const sectors = fields.get('Sector Size') ?? fields.get('Sector Sizes');
  const both = leadingInteger(/^(\d+ bytes) logical\/physical/.exec(sectors ?? '')?.[1]);
  const sata = fields.get('SATA Version is');
  return {
    capacityBytes: positive(leadingInteger(fields.get(nvme ? 'Namespace 1 Size/Capacity' : 'User Capacity'))),
    nvmeCapacityBytes: positive(leadingInteger(fields.get('Total NVM Capacity'))),
    logicalBlockSize: positive(
      both ??
        leadingInteger(/^(\d+ bytes) logical/.exec(sectors ?? '')?.[1]) ??
        leadingInteger(fields.get('Logical block size') ?? fields.get('Namespace 1 Formatted LBA Size')),
    ),
    physicalBlockSize: positive(
      both ??
        leadingInteger(/, (\d+ bytes) physical/.exec(sectors ?? '')?.[1]) ??
        leadingInteger(fields.get('Physical block size')),
    ),
    interfaceSpeed: {
      max: bitsPerSecond(/, (\d{1,2}\.\d) Gb\/s/.exec(sata ?? '')?.[1]),
      current: bitsPerSecond(/\(current: (\d{1,2}\.\d) Gb\/s\)/.exec(sata ?? '')?.[1]),
    },
  };
}

function bitsPerSecond(gigabits: string | undefined): number | undefined {
  return gigabits === undefined ? undefined : positive(Math.round(Number(gigabits) * 10) * 1e8);
}

function rotationOf(fields: TextFields): number | undefined {
  const rate = fields.get('Rotation Rate');
  if (rate === undefined) return undefined;
  return /^Solid State Device/i.test(rate) ? 0 : leadingInteger(/^(\d+) rpm/.exec(rate)?.[1]);
}

function supportOf(fields: TextFields) {
  const said = fields.all('SMART support is').join('\n');
  const old = fields.lines.find((line) => /^Device (?:supports|does not support) SMART/.test(line));
  const unavailable = /^Unavailable/m.test(said) || old?.startsWith('Device does not') === true;
  const available = /^(?:Available|Enabled)/m.test(said) || old?.startsWith('Device supports') === true;
  const disabled = /^Disabled/m.test(said) || / is Disabled/.test(old ?? '');
  const enabled = /^Enabled/m.test(said) || / is Enabled/.test(old ?? '');
  return {
    smartAvailable: unavailable ? false : available || undefined,
    smartEnabled: disabled ? false : enabled || undefined,
  };
}

function healthOf(fields: TextFields): boolean | undefined {
  const ata = fields.get('SMART overall-health self-assessment test result');
  if (ata !== undefined) return verdict(ata, /^PASSED/, /^FAILED/);
  const scsi = fields.get('SMART Health Status') ?? fields.get('SMART Sense');
  // Everything but OK names the sense code by which the device predicts its failure.
  return scsi === undefined ? undefined : verdict(scsi, /^OK\b/i, /\S/);
}

function verdict(text: string, passed: RegExp, failed: RegExp): boolean | undefined {
  if (passed.test(text)) return true;
  return failed.test(text) && !/^UNKNOWN/i.test(text) ? false : undefined;
}

function positive(value: number | undefined): number | undefined {
  return countOf(value) || undefined;
}

import { type DriveKind, decodeAttribute } from './smartctl-attribute.ts';
import { readSmartctlJson } from './smartctl-json.ts';
import { celsiusOf, plausibleAge } from './smartctl-number.ts';
import type { SmartFindings, SmartReport } from './smartctl-report.ts';
import { readSmartctlText } from './smartctl-text.ts';

/** What the caller knows of the run besides its output. */
export interface SmartctlRun {
  readonly exitStatus?: number | undefined;
}

/**
 * Reads the output of `smartctl` about one device: JSON of 7.0 and later or text of any version.
 * Undefined when the text is neither. Never throws.
 */
export function parseSmartctl(output: string, { exitStatus }: SmartctlRun = {}): SmartReport | undefined {
  const document = jsonIn(output);
  const findings = document === undefined ? readSmartctlText(output) : readSmartctlJson(document);
  return findings === undefined
    ? undefined
    : reportOf({ ...findings, exitStatus: findings.exitStatus ?? exitStatus });
}

/** The JSON document in a text; messages of sudo and of the shell may stand before it. */
function jsonIn(output: string): unknown {
  const start = /^\ufeff?\{/m.exec(output)?.index;
  const end = output.lastIndexOf('}');
  if (start === undefined || end <= start) return undefined;
  try {
    return JSON.parse(output.slice(output.indexOf('{', start), end + 1));
  } catch {
    // Not JSON, or cut in the middle: then no number of it can be trusted to be complete.
    return undefined;
  }
}

/** What counts whichever tool and format it came from. */
export function reportOf({ standby, ...findings }: SmartFindings): SmartReport {
  const drive = driveKind(findings);
  const decoded = new Map(
    findings.attributes.map((attribute) => [attribute.id, decodeAttribute(attribute, drive)?.value]),
  );
  const powerOn = plausibleAge(findings.powerOnSeconds) ?? decoded.get(9);
  const read =
    findings.healthPassed !== undefined ||
    findings.identity.modelName !== undefined ||
    findings.attributes.length > 0 ||
    findings.nvme !== undefined ||
    findings.scsi !== undefined;
  return {
    ...findings,
    condition: condition(standby, read),
    problem: read ? undefined : findings.problem,
    // smartctl's JSON keeps hours and minutes.
    powerOnSeconds: powerOn === undefined ? undefined : Math.floor(powerOn / 60) * 60,
    powerCycles: findings.powerCycles ?? decoded.get(12),
    temperatures: temperatures(findings, decoded.get(194) ?? decoded.get(190)),
    enduranceUsedPercent:
      findings.enduranceUsedPercent ?? findings.nvme?.percentageUsed ?? enduranceStatistic(findings),
  };
}

function condition(standby: boolean, read: boolean): SmartReport['condition'] {
  if (standby && !read) return 'standby';
  return read ? 'read' : 'failed';
}

/** Whether a device turns, and whose it is. */
export function driveKind({
  rotationRate,
  device,
  identity,
  attributes,
}: Pick<SmartReport, 'rotationRate' | 'device' | 'identity' | 'attributes'>): DriveKind {
  const { modelName, modelFamily } = identity;
  return { rotational: rotates(), modelName, modelFamily };

  function rotates(): boolean | undefined {
    if (device.protocol === 'NVMe') return false;
    if (rotationRate !== undefined) return rotationRate > 0;
    if (/\bSSDs?\b|Solid State/i.test(`${modelName ?? ''} ${modelFamily ?? ''}`)) return false;
    // Only heads and spindles have these; disks of before 2008 do not tell their speed.
    return attributes.some(({ id, value }) => (id === 3 || id === 10) && value !== undefined) || undefined;
  }
}

function temperatures(
  findings: Pick<SmartReport, 'temperatures'>,
  ofAttribute: number | undefined,
): Map<string, number> {
  const known = new Map<string, number>();
  for (const [kind, value] of findings.temperatures) {
    const celsius = celsiusOf(value);
    if (celsius !== undefined) known.set(kind, celsius);
  }
  // Devices without a sensor answer 0 to all questions, and empty ranges are 0 to 0.
  for (const [one, other] of [
    ['current', 'drive_trip'],
    ['lifetime_min', 'lifetime_max'],
    ['power_cycle_min', 'power_cycle_max'],
    ['op_limit_min', 'op_limit_max'],
    ['limit_min', 'limit_max'],
  ] as const) {
    if ((known.get(one) ?? 0) !== 0 || (known.get(other) ?? 0) !== 0) continue;
    known.delete(one);
    known.delete(other);
  }
  if (!known.has('current') && ofAttribute !== undefined) known.set('current', ofAttribute);
  return known;
}

/** ATA device statistics keep it in a page of their own, by definition as a normalized value. */
function enduranceStatistic({ statistics }: Pick<SmartReport, 'statistics'>): number | undefined {
  return statistics.find(({ name }) => name === 'Percentage Used Endurance Indicator')?.value;
}

import { decimal, leadingInteger } from './smartctl-number.ts';
import type { ScsiErrorCounters, ScsiHealth, ScsiOperation } from './smartctl-report.ts';
import type { TextFields } from './smartctl-text-fields.ts';

/** What the text says about a SCSI, SAS or Fibre Channel device beyond its identity. */
export function readScsiText(fields: TextFields) {
  return {
    temperatures: temperatures(fields),
    powerOnSeconds: powerOn(fields.lines),
    powerCycles: leadingInteger(fields.get('Accumulated start-stop cycles')),
    manufactured: manufactured(fields.lines),
    enduranceUsedPercent: leadingInteger(fields.get('Percentage used endurance indicator')),
    scsi: health(fields),
  };
}

function temperatures(fields: TextFields): Map<string, number> {
  const found = new Map<string, number>();
  for (const [name, kind] of [
    ['Current Drive Temperature', 'current'],
    ['Drive Trip Temperature', 'drive_trip'],
  ] as const) {
    const celsius = /^(-?\d{1,3}) C\b/.exec(fields.get(name) ?? '')?.[1];
    if (celsius !== undefined) found.set(kind, Number(celsius));
  }
  return found;
}

/** The standard page counts minutes; the page of Seagate and Hitachi hours with two decimals. */
function powerOn(lines: readonly string[]): number | undefined {
  for (const line of lines) {
    const standard = /^\s*Accumulated power on time, hours:minutes (?<hours>\d{1,7}):(?<minutes>\d\d)\b/.exec(
      line,
    )?.groups;
    if (standard !== undefined) return Number(standard['hours']) * 3600 + Number(standard['minutes']) * 60;
  }
  for (const line of lines) {
    const hours = /^\s*number of hours powered up = (?<hours>\d{1,7}(?:[.,]\d{1,2})?)$/.exec(line)?.groups?.[
      'hours'
    ];
    if (hours !== undefined) return Math.round(Number(hours.replace(',', '.')) * 60) * 60;
  }
  return undefined;
}

function manufactured(lines: readonly string[]) {
  for (const line of lines) {
    const found = /^\s*Manufactured in week (?<week>\d{1,2}) of year (?<year>\d{4})$/.exec(line)?.groups;
    if (found !== undefined) return { year: Number(found['year']), week: Number(found['week']) };
  }
  return undefined;
}

function health(fields: TextFields): ScsiHealth | undefined {
  const counters = errorCounters(fields.lines);
  const grownDefects = leadingInteger(fields.get('Elements in grown defect list'));
  const nonMediumErrors = leadingInteger(fields.get('Non-medium error count'));
  const pendingDefects = leadingInteger(fields.get('Pending defect count')?.replace(/ Pending Defects$/, ''));
  const given = [grownDefects, nonMediumErrors, pendingDefects].some((count) => count !== undefined);
  if (counters.size === 0 && !given) return undefined;
  return { grownDefects, nonMediumErrors, pendingDefects, counters };
}

const COUNTERS =
  /^(?<operation>read|write|verify):\s+(?<fast>\d+)\s+(?<delayed>\d+)\s+(?<rewrites>\d+)\s+(?<corrected>\d+)\s+(?<invocations>\d+)\s+(?<gigabytes>\d+[.,]\d+)\s+(?<uncorrected>\d+)$/;

function errorCounters(lines: readonly string[]): Map<ScsiOperation, ScsiErrorCounters> {
  const counters = new Map<ScsiOperation, ScsiErrorCounters>();
  for (const line of lines) {
    const row = COUNTERS.exec(line)?.groups;
    const operation = OPERATIONS.find((one) => one === row?.['operation']);
    if (row === undefined || operation === undefined || counters.has(operation)) continue;
    counters.set(operation, {
      correctedByEccFast: leadingInteger(row['fast']),
      correctedByEccDelayed: leadingInteger(row['delayed']),
      correctedByRereadsRewrites: leadingInteger(row['rewrites']),
      totalCorrected: leadingInteger(row['corrected']),
      correctionInvocations: leadingInteger(row['invocations']),
      gigabytesProcessed: decimal(row['gigabytes']?.replace(',', '.')),
      uncorrected: leadingInteger(row['uncorrected']),
    });
  }
  return counters;
}

const OPERATIONS = ['read', 'write', 'verify'] as const;

import { celsiusOf, leadingInteger } from './smartctl-number.ts';
import type { NvmeHealth } from './smartctl-report.ts';
import type { TextFields } from './smartctl-text-fields.ts';

/** What the text says about an NVMe device beyond its identity. */
export function readNvmeText(fields: TextFields) {
  const hours = leadingInteger(fields.get('Power On Hours'));
  return {
    temperatures: temperatures(fields),
    powerOnSeconds: hours === undefined ? undefined : hours * 3600,
    powerCycles: leadingInteger(fields.get('Power Cycles')),
    nvme: health(fields),
  };
}

function temperatures(fields: TextFields): Map<string, number> {
  const celsius = degrees(fields.get('Temperature'));
  return new Map(celsius === undefined ? [] : [['current', celsius]]);
}

function health(fields: TextFields): NvmeHealth | undefined {
  const count = (name: string) => leadingInteger(fields.get(name));
  const warning = /^0x([0-9a-f]{2})$/i.exec(fields.get('Critical Warning') ?? '')?.[1];
  const percentageUsed = count('Percentage Used');
  if (warning === undefined && percentageUsed === undefined) return undefined;
  return {
    criticalWarning: warning === undefined ? undefined : Number.parseInt(warning, 16),
    availableSpare: count('Available Spare'),
    availableSpareThreshold: count('Available Spare Threshold'),
    percentageUsed,
    dataUnitsRead: count('Data Units Read'),
    dataUnitsWritten: count('Data Units Written'),
    unsafeShutdowns: count('Unsafe Shutdowns'),
    mediaErrors: count('Media and Data Integrity Errors'),
    errorLogEntries: count('Error Information Log Entries'),
    warningTemperatureMinutes: count('Warning Comp. Temperature Time'),
    criticalTemperatureMinutes: count('Critical Comp. Temperature Time'),
    sensors: sensors(fields),
  };
}

function sensors(fields: TextFields): NvmeHealth['sensors'] {
  const found: { sensor: number; celsius: number }[] = [];
  for (let sensor = 1; sensor <= 8; sensor += 1) {
    const celsius = degrees(fields.get(`Temperature Sensor ${sensor}`));
    if (celsius !== undefined) found.push({ sensor, celsius });
  }
  return found;
}

function degrees(text: string | undefined): number | undefined {
  const celsius = /^(-?\d{1,3}) C(?:elsius)?$/.exec(text ?? '')?.[1];
  return celsius === undefined ? undefined : celsiusOf(Number(celsius));
}

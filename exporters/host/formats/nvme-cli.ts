import { leadingInteger } from './smartctl-number.ts';
import { NO_FINDINGS, type SmartFindings } from './smartctl-report.ts';
import { linesOf, pairOf, textOf } from './tool-text.ts';

/**
 * Reads `nvme id-ctrl` and `nvme smart-log`, JSON or text of any version, for hosts whose smartctl is too old for
 * NVMe; undefined when neither says anything. Never throws.
 */
export function readNvmeCli({
  idCtrl,
  smartLog,
}: {
  idCtrl: string;
  smartLog: string;
}): SmartFindings | undefined {
  const id = fieldsOf(idCtrl);
  const log = fieldsOf(smartLog);
  const of = (fields: Fields, ...keys: readonly string[]) =>
    keys.map((key) => fields.get(key)).find((value) => value !== undefined);
  const modelName = textOf(of(id, 'mn'));
  const warning = of(log, 'critical_warning', 'critical_warning_value');
  const percentageUsed = count(of(log, 'percentage_used', 'percent_used'));
  if (modelName === undefined && warning === undefined && percentageUsed === undefined) return undefined;
  const hours = count(of(log, 'power_on_hours'));
  const current = celsius(of(log, 'temperature'));
  const criticalWarning = count(warning) ?? hexadecimal(warning);
  return {
    ...NO_FINDINGS,
    device: { ...NO_FINDINGS.device, protocol: 'NVMe' },
    identity: {
      ...NO_FINDINGS.identity,
      modelName,
      serialNumber: textOf(of(id, 'sn')),
      firmwareVersion: textOf(of(id, 'fr')),
    },
    rotationRate: 0,
    nvmeCapacityBytes: count(of(id, 'tnvmcap')) || undefined,
    healthPassed: criticalWarning === undefined ? undefined : criticalWarning === 0,
    powerOnSeconds: hours === undefined ? undefined : hours * 3600,
    powerCycles: count(of(log, 'power_cycles')),
    temperatures: new Map(current === undefined ? [] : [['current', current]]),
    nvme:
      warning === undefined && percentageUsed === undefined
        ? undefined
        : {
            criticalWarning,
            availableSpare: count(of(log, 'available_spare', 'avail_spare')),
            availableSpareThreshold: count(of(log, 'available_spare_threshold', 'spare_thresh')),
            percentageUsed,
            dataUnitsRead: count(of(log, 'data_units_read')),
            dataUnitsWritten: count(of(log, 'data_units_written')),
            unsafeShutdowns: count(of(log, 'unsafe_shutdowns')),
            mediaErrors: count(of(log, 'media_errors')),
            errorLogEntries: count(of(log, 'num_err_log_entries')),
            warningTemperatureMinutes: count(of(log, 'warning_temperature_time', 'warning_temp_time')),
            criticalTemperatureMinutes: count(
              of(log, 'critical_composite_temperature_time', 'critical_comp_time'),
            ),
            sensors: sensors(log),
          },
  };
}

type Fields = ReadonlyMap<string, string>;

/** "Temperature Sensor 1 : 34 C" and "temperature_sensor_1": 307 under one key. */
function fieldsOf(text: string): Fields {
  const start = text.indexOf('{');
  if (start !== -1) {
    try {
      return new Map(scalars(JSON.parse(text.slice(start, text.lastIndexOf('}') + 1)), ''));
    } catch {
      // Not JSON, or cut in the middle: then no number of it can be trusted to be complete.
      return new Map();
    }
  }
  const pairs = linesOf(text).flatMap((line) => pairOf(line) ?? []);
  return new Map(pairs.map(({ key, value }) => [key.toLowerCase().replace(/\s+/g, '_'), value]));
}

/** Scalars of a document; those of an object inside carry its name before theirs. */
function* scalars(document: unknown, prefix: string): Generator<[string, string]> {
  if (typeof document !== 'object' || document === null || prefix.length > 100) return;
  for (const [key, value] of Object.entries(document)) {
    const name = `${prefix}${key.toLowerCase().replace(/\s+/g, '_')}`;
    if (typeof value === 'number' || typeof value === 'string') yield [name, String(value)];
    else yield* scalars(value, `${name}_`);
  }
}

/** "12,345", "98%", "1234 (631.8 GB)". */
function count(text: string | undefined): number | undefined {
  return leadingInteger(text?.trim());
}

function hexadecimal(text: string | undefined): number | undefined {
  return /^0x[0-9a-f]{1,2}$/i.test(text?.trim() ?? '') ? Number(text) : undefined;
}

/** "34 C", "34°C (307 Kelvin)", "307 K"; JSON and a number alone are in Kelvin, as the device counts. */
function celsius(text: string | undefined): number | undefined {
  const { value, unit } =
    /^\s*(?<value>-?\d{1,5})\s*(?:°|º|\ufffd+)?\s*(?<unit>[CK]?)/i.exec(text ?? '')?.groups ?? {};
  if (value === undefined || Number(value) === 0) return undefined;
  return unit?.toUpperCase() === 'C' ? Number(value) : Number(value) - 273;
}

function sensors(log: Fields): { sensor: number; celsius: number }[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].flatMap((sensor) => {
    const found = celsius(log.get(`temperature_sensor_${sensor}`));
    return found === undefined ? [] : [{ sensor, celsius: found }];
  });
}

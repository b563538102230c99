import { type Battery, type BatteryState, type CachePolicy, defined, type WritePolicy } from './raid.ts';
import { booleanOf, celsiusOf, type Fields, leadingNumber, ratioOf, textOf, wordOf } from './tool-text.ts';

/** What MegaCli and storcli say in the same words: batteries, capacitors and cache policies. */

const BATTERY_WORDS: readonly (readonly [RegExp, BatteryState])[] = [
  [/^(?:optimal|optl|operational|ok\b)/i, 'ok'],
  [/^(?:non[- ]?operational|failed|fld)/i, 'failed'],
  [/^(?:degraded|dgd)|needs? attention/i, 'degraded'],
  [/^learn/i, 'learning'],
  [/^(?:missing|msng)/i, 'missing'],
  [/^charging/i, 'charging'],
  [/replace/i, 'replace'],
];

/** A battery or capacitor from all that was printed about it; undefined when that says nothing. */
export function lsiBattery(fields: Fields): Battery | undefined {
  const model = textOf(fields.get('BatteryType', 'Type', 'Model'));
  const replace = [
    booleanOf(fields.get('Battery Replacement required', 'Replacement required')),
    booleanOf(fields.get('Pack is about to fail & should be replaced')),
  ];
  const battery = defined<Battery>({
    kind: model === undefined ? undefined : isCapacitor(model) ? 'capacitor' : 'battery',
    model,
    serial: textOf(fields.get('Serial Number')),
    state: batteryState(fields, replace.includes(true)),
    replacementRequired: replace.includes(true) ? true : replace.includes(false) ? false : undefined,
    temperatureCelsius: fields.read('Temperature', celsiusOf) ?? fields.read('Temp', celsiusOf),
    voltageVolts: fields.read('Voltage', voltsOf),
    chargeRatio: fields.read('Relative State of Charge', ratioOf),
    healthRatio: health(fields),
  });
  return Object.keys(battery).length === 0 ? undefined : battery;
}

function isCapacitor(model: string): boolean {
  return /^CV|TMM|capac|cache\s?vault/i.test(model);
}

/** What the flags say outweighs the word: a pack to be replaced may still call itself Optimal. */
function batteryState(fields: Fields, replace: boolean): BatteryState | undefined {
  const flag = (...keys: string[]) => booleanOf(fields.get(...keys));
  if (flag('Battery Pack Missing')) return 'missing';
  if (replace) return 'replace';
  if (flag('Learn Cycle Active')) return 'learning';
  const given = fields.read('Battery State', textOf) ?? fields.read('State', textOf);
  if (given !== undefined) return wordOf(given, BATTERY_WORDS) ?? 'other';
  if (flag('Remaining Capacity Low') || flag('isSOHGood') === false) return 'degraded';
  if (/^charging/i.test(fields.get('Charging Status') ?? '')) return 'charging';
  // Firmware before 2010 prints the flags only; all clear is then all it can say.
  const clear = flag('Battery Pack Missing') === false && flag('Battery Replacement required') === false;
  return clear ? 'ok' : undefined;
}

function voltsOf(value: string): number | undefined {
  const number = leadingNumber(value);
  if (number === undefined) return undefined;
  if (/\d\s*mV\b/i.test(value)) return number / 1000;
  return /\d\s*V\b/i.test(value) ? number : undefined;
}

function health(fields: Fields): number | undefined {
  const full = leadingNumber(fields.get('Full Charge Capacity'));
  const design = leadingNumber(fields.get('Design Capacity'));
  if (full === undefined || design === undefined || design <= 0) return undefined;
  const ratio = full / design;
  return ratio < 0 || ratio > 1.5 ? undefined : Number(ratio.toFixed(4));
}

/** "WriteBack, ReadAdaptive, Direct, ..." or the letters of a table, "RWBD", "NRWTC", "R,WB". */
export function lsiWritePolicy(value: string | undefined): WritePolicy | undefined {
  const text = value ?? '';
  if (/write\s?back/i.test(text) || /^(?:NR|RA?|A)?,?\s?(?:A|F)?WB/.test(text)) return 'write_back';
  if (/write\s?through/i.test(text) || /^(?:NR|RA?|A)?,?\s?WT/.test(text)) return 'write_through';
  return undefined;
}

export function lsiDriveCache(value: string | undefined): CachePolicy['driveCache'] {
  if (/default|unchanged/i.test(value ?? '')) return 'default';
  const on = booleanOf(value);
  return on === undefined ? undefined : on ? 'enabled' : 'disabled';
}

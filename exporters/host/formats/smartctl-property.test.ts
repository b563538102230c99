import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSmartctl } from './smartctl.ts';

const FIXTURES = new URL('../../../test/fixtures/smartctl/', import.meta.url);
const outputs = readdirSync(FIXTURES)
  .filter((name) => /\.(?:txt|json)$/.test(name))
  .map((name) => readFileSync(new URL(name, FIXTURES), 'utf8'));
const texts = outputs.filter((output) => !output.startsWith('{'));

const output = fc.constantFrom(...outputs);
const text = fc.constantFrom(...texts);

/** Values that come from the output and not from its meaning: what a damaged copy must not add to. */
function readings(output: string): Set<string> {
  const report = parseSmartctl(output);
  if (report === undefined) return new Set();
  const found = new Set<string>();
  for (const { id, value, worst, threshold, rawString, raw } of report.attributes)
    found.add(`attribute ${JSON.stringify([id, value, worst, threshold, rawString, raw])}`);
  for (const { name, flags, value } of report.statistics) found.add(`statistic ${name} ${flags} ${value}`);
  for (const [kind, celsius] of report.temperatures) if (kind !== 'current') found.add(`${kind} ${celsius}`);
  for (const [operation, counters] of report.scsi?.counters ?? [])
    found.add(operation + JSON.stringify(counters));
  for (const [key, value] of Object.entries(report.nvme ?? {}))
    if (typeof value === 'number') found.add(`nvme ${key} ${value}`);
  const { capacityBytes, powerCycles, rotationRate, healthPassed, physicalBlockSize } = report;
  for (const [key, value] of Object.entries({
    capacityBytes,
    powerCycles,
    rotationRate,
    healthPassed,
    physicalBlockSize,
  }))
    if (value !== undefined) found.add(`${key} ${value}`);
  return found;
}

describe('damaged smartctl output', () => {
  it('read in any order of its lines says nothing new', () => {
    const shuffled = text.chain((whole) =>
      fc
        .shuffledSubarray(whole.split('\n'), { minLength: 1 })
        .map((lines) => ({ whole, damaged: lines.join('\n') })),
    );

    fc.assert(
      fc.property(shuffled, ({ whole, damaged }) => {
        const known = readings(whole);
        for (const reading of readings(damaged)) {
          // Statistics and logs belong to the header above them; a reordered text cannot tell.
          if (!reading.startsWith('statistic')) expect(known).toContain(reading);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('cut after any line says nothing new', () => {
    for (const whole of texts) {
      const known = readings(whole);
      const lines = whole.split('\n');
      for (let kept = 0; kept < lines.length; kept += 1) {
        for (const reading of readings(lines.slice(0, kept).join('\n'))) expect(known).toContain(reading);
      }
    }
  });

  it('cut anywhere in JSON is refused, for a number may be cut too', () => {
    const cut = fc
      .constantFrom(...outputs.filter((one) => one.startsWith('{')))
      .chain((whole) => fc.nat(whole.trimEnd().length - 1).map((at) => whole.slice(0, at)));

    fc.assert(
      fc.property(cut, (damaged) => {
        expect(parseSmartctl(damaged)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('with bytes changed gives numbers that can be true', () => {
    const changed = output.chain((whole) =>
      fc
        .array(fc.tuple(fc.nat(whole.length), fc.string({ maxLength: 4, unit: 'binary' })), { maxLength: 20 })
        .map((changes) =>
          changes.reduce((text, [at, put]) => text.slice(0, at) + put + text.slice(at + 1), whole),
        ),
    );

    fc.assert(
      fc.property(changed, (damaged) => {
        const report = parseSmartctl(damaged);
        for (const celsius of report?.temperatures.values() ?? [])
          expect(Math.abs(celsius)).toBeLessThan(126);
        for (const { id, value } of report?.attributes ?? []) {
          expect(id).toBeLessThan(256);
          expect(Number.isFinite(value ?? 0)).toBe(true);
        }
        expect(report?.powerOnSeconds ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 150 },
    );
  });

  it('of any kind is read in time that grows with its length', () => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 2000, unit: 'binary' }),
      fc
        .constantFrom(' ', '0', '-', ':', '1 ', '9,', '#', '\t', '{', '[', '"', '1 A ', '0x')
        .map((part) => part.repeat(50_000)),
      text.map((one) => one.repeat(20)),
      text.map((one) => one.replaceAll('\n', ' ').repeat(20)),
    );

    fc.assert(
      fc.property(hostile, (output) => {
        parseSmartctl(output);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
    );
  });

  it('of any JSON shape gives a report or none', () => {
    const keys = [
      'smartctl',
      'device',
      'smart_status',
      'temperature',
      'ata_smart_attributes',
      'power_on_time',
      'nvme_smart_health_information_log',
      'scsi_error_counter_log',
      'ata_smart_error_log',
      'serial_number',
      'user_capacity',
    ];
    const document = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());

    fc.assert(
      fc.property(document, (value) => {
        parseSmartctl(JSON.stringify(value));
      }),
      { numRuns: 150 },
    );
  });
});

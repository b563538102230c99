import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notice } from '../../../test/support/notice.ts';
import { asBriefTable, asOldTable } from '../../../test/support/smartctl-text.ts';
import { driveKind, parseSmartctl } from './smartctl.ts';
import { decodeAttribute, packedRaw } from './smartctl-attribute.ts';

/** Recorded output of real devices; lies beside the repository on machines that have it. */
const CORPUS = new URL('../../../../shared/fixtures/', import.meta.url);
const present = existsSync(CORPUS);
if (!present) notice('smartctl corpus', 'no recorded files beside the repository');

const json = present ? recordings('smartctl-json') : [];
const text = present ? recordings('smartctl-text') : [];

/** A disk of 2003 may have run all its life. */
const LONGEST_SECONDS = 25 * 8766 * 3600;

describe.skipIf(!present)('recorded smartctl output', () => {
  it.each([...json, ...text])('%s gives a report that can be true', (_name, output) => {
    const report = parseSmartctl(output);

    expect(report).toBeDefined();
    if (report === undefined) return;
    for (const value of numbersIn(report)) expect(Number.isFinite(value)).toBe(true);
    expect(report.powerOnSeconds ?? 0).toBeGreaterThanOrEqual(0);
    expect(report.powerOnSeconds ?? 0).toBeLessThan(LONGEST_SECONDS);
    for (const celsius of report.temperatures.values()) expect(Math.abs(celsius)).toBeLessThan(126);
    const current = report.temperatures.get('current');
    if (current !== undefined) expect(current).toBeGreaterThanOrEqual(10);
    for (const { id, value, worst, threshold } of report.attributes) {
      expect(id).toBeLessThan(256);
      for (const normalized of [value, worst, threshold]) expect(normalized ?? 0).toBeLessThan(256);
    }
    if (report.condition === 'read') expect(report.problem).toBeUndefined();
  });

  it('fails to read only what smartctl could not read', () => {
    const unread = [...json, ...text].filter(([, output]) => parseSmartctl(output)?.condition !== 'read');

    expect(unread.map(([name]) => name)).toEqual([
      'scrutiny-smart-fail.json',
      'telegraf-mock-standby-data.txt',
      'telegraf-smartctl-nvme-info-data-with-overflow.txt',
    ]);
  });

  it.each(json)('%s: no key of the document is lost', (_name, output) => {
    const document: Record<string, unknown> = JSON.parse(output);
    const report = parseSmartctl(output);

    const present = (key: string) => document[key] !== undefined;
    expect(report?.exitStatus !== undefined).toBe(present('smartctl'));
    expect(report?.powerOnSeconds !== undefined).toBe(
      present('power_on_time') || report?.attributes.some(({ id }) => id === 9) === true,
    );
    expect(report?.healthPassed !== undefined).toBe(present('smart_status'));
    expect(report?.attributes.length).toBe(tableOf(document).length);
    expect(report?.nvme !== undefined).toBe(present('nvme_smart_health_information_log'));
    expect((report?.scsi?.counters.size ?? 0) > 0).toBe(present('scsi_error_counter_log'));
    expect(report?.identity.serialNumber).toBe(document['serial_number']);
  });

  it.each(json.filter(([, output]) => tableOf(JSON.parse(output)).length > 0))(
    '%s: reads the same attributes from the tables that older versions print',
    (_name, output) => {
      const fromJson = parseSmartctl(output);
      if (fromJson === undefined) throw new Error('unreadable');

      for (const render of [asBriefTable, asOldTable]) {
        const fromText = parseSmartctl(render(fromJson));

        expect(fromText?.attributes.map(({ raw: _, ...rest }) => rest)).toEqual(
          fromJson.attributes.map(({ raw: _, ...rest }) => rest),
        );
        for (const [at, { raw }] of (fromText?.attributes ?? []).entries()) {
          if (raw !== undefined) expect(raw).toBe(fromJson.attributes[at]?.raw);
        }
        expect(fromText?.powerOnSeconds).toBe(fromJson.powerOnSeconds);
        expect(fromText?.powerCycles).toBe(fromJson.powerCycles);
        expect(decodedOf(fromText)).toEqual(decodedOf(fromJson));
      }
    },
  );

  it('puts packed raw values together as the device sent them', () => {
    const rows = json.flatMap(([, output]) => tableOf(JSON.parse(output)));
    const packed = rows.filter(({ raw }) => packedRaw(raw.string) !== undefined);

    for (const { raw } of packed)
      expect([raw.string, packedRaw(raw.string)]).toEqual([raw.string, raw.value]);
    expect(packed.length / rows.length).toBeGreaterThan(0.9);
  });

  it('decodes no counter to something a disk cannot have', () => {
    for (const [name, output] of [...json, ...text]) {
      for (const { kind, value } of decodedOf(parseSmartctl(output))) {
        expect(value, `${name} ${kind}`).toBeLessThan(kind.endsWith('_seconds') ? LONGEST_SECONDS : 2 ** 32);
      }
    }
  });
});

interface Row {
  readonly raw: { readonly value: number; readonly string: string };
}

function tableOf(document: Record<string, unknown>): Row[] {
  const attributes = document['ata_smart_attributes'] as { table?: Row[] } | undefined;
  return attributes?.table ?? [];
}

function decodedOf(report: ReturnType<typeof parseSmartctl>) {
  if (report === undefined) return [];
  const drive = driveKind(report);
  return report.attributes.flatMap((attribute) => decodeAttribute(attribute, drive) ?? []);
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Map) return [...value.values()].flatMap(numbersIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(numbersIn);
  return [];
}

function recordings(folder: string): [string, string][] {
  const url = new URL(`${folder}/`, CORPUS);
  return readdirSync(url)
    .filter((name) => !name.includes('scan'))
    .map((name) => [name, readFileSync(new URL(name, url)).toString()]);
}

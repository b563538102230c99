import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { notice } from '../../../test/support/notice.ts';
import { dmiInventory } from './dmi-inventory.ts';
import { type DmiTable, parseDmidecode } from './dmidecode.ts';

/** Reports of real servers of 1999 to 2024, kept outside the repository; expected.csv is another reading of them. */
const CORPUS = resolve('../shared/fixtures/dmi');
const present = existsSync(join(CORPUS, 'expected.csv'));
if (!present) notice('dmidecode corpus', 'it is not beside the repository');

const rows = present ? csv(readFileSync(join(CORPUS, 'expected.csv'), 'utf8')) : [];
const tables = new Map(
  rows.map(({ file = '' }) => [file, parseDmidecode(readFileSync(join(CORPUS, file), 'utf8'))]),
);

describe.skipIf(!present)('dmidecode reports of real servers', () => {
  const first = (table: DmiTable, type: number, key: string) =>
    table.records.find((record) => record.type === type)?.values.get(key) ?? '';
  const lastCpu = (table: DmiTable, key: string) =>
    table.records
      .filter(({ type, values }) => type === 4 && values.get('Status') !== 'Unpopulated')
      .at(-1)
      ?.values.get(key) ?? '';
  /** The columns of expected.csv, read from our records the way its head says it was made. */
  const readings: Readonly<Record<string, (table: DmiTable) => string>> = {
    mfr: (table) => first(table, 1, 'Manufacturer'),
    product: (table) => first(table, 1, 'Product Name'),
    board: (table) => first(table, 2, 'Product Name'),
    chassis: (table) => first(table, 3, 'Type'),
    bios_vendor: (table) => first(table, 0, 'Vendor'),
    bios_version: (table) => first(table, 0, 'Version'),
    bios_date: (table) => first(table, 0, 'Release Date'),
    dmidecode: (table) => table.toolVersion ?? '',
    smbios: (table) => table.smbiosVersion ?? '',
    ndimm: (table) =>
      String(
        table.records.filter(({ type, values }) => type === 17 && /^\d+ \w+$/.test(values.get('Size') ?? ''))
          .length,
      ),
    npsu: (table) => String(table.records.filter(({ type }) => type === 39).length),
    ncpu: (table) =>
      String(
        table.records.filter(({ type, values }) => type === 4 && values.get('Status') !== 'Unpopulated')
          .length,
      ),
    cpu: (table) => {
      const cpus = table.records.filter(
        ({ type, values }) => type === 4 && values.get('Status') !== 'Unpopulated',
      );
      return cpus[0]?.values.get('Version') ?? '';
    },
    cpumfr: (table) => lastCpu(table, 'Manufacturer'),
    fam: (table) => lastCpu(table, 'Family'),
    sig: (table) => lastCpu(table, 'Signature'),
    ecc: (table) => first(table, 16, 'Error Correction Type'),
    dimm_type: (table) =>
      mostFrequent(
        table.records
          .filter(({ type, values }) => type === 17 && /^\d+ \w+$/.test(values.get('Size') ?? ''))
          .map(({ values }) => values.get('Type') ?? ''),
      ),
  };

  it.each(Object.entries(readings))('agree with the other reading in %s', (column, read) => {
    const differing = rows.flatMap((row) => {
      const table = tables.get(row['file'] ?? '');
      const found = table === undefined ? 'no table' : read(table);
      return squeeze(found) === squeeze(row[column] ?? '')
        ? []
        : [`${row['file']}: ${row[column]} != ${found}`];
    });

    expect(differing, differing.join('\n')).toHaveLength(0);
  });

  it('tell identity, processors and memory of nearly all', () => {
    const inventories = [...tables.values()].map(dmiInventory);
    const share = (has: (inventory: ReturnType<typeof dmiInventory>) => boolean) =>
      inventories.filter(has).length / inventories.length;

    expect(share(({ system, board }) => (system.product ?? board.product) !== undefined)).toBeGreaterThan(
      0.98,
    );
    expect(share(({ bios }) => bios.date !== undefined)).toBeGreaterThan(0.97);
    expect(share(({ processors }) => processors.some(({ populated }) => populated))).toBeGreaterThan(0.98);
    expect(
      share(({ memory }) => memory.slots.some(({ sizeBytes }) => sizeBytes !== undefined)),
    ).toBeGreaterThan(0.95);
  });

  it('mark the tables that were cut', () => {
    const cut = rows.filter(({ file = '' }) => tables.get(file)?.complete === false).map(({ file }) => file);
    const said = /DMI table is broken|Wrong DMI structures/;
    const broken = rows.filter(({ file = '' }) => said.test(readFileSync(join(CORPUS, file), 'utf8')));

    expect(broken.length).toBeGreaterThan(1);
    expect(cut).toEqual(broken.map(({ file }) => file));
  });
});

const OTHER = resolve('../shared/fixtures/dmi-other');
describe.skipIf(!existsSync(OTHER))('dmidecode reports of virtual machines and fragments', () => {
  it.each(existsSync(OTHER) ? readdirSync(OTHER) : [])('%s is read without a crash', (file) => {
    const text = readFileSync(join(OTHER, file), 'utf8');
    const table = parseDmidecode(text);

    expect(table.records.length).toBe((text.match(/^Handle 0x/gm) ?? []).length);
    dmiInventory(table);
  });
});

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0] as const)[0];
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function csv(text: string): Record<string, string>[] {
  const [header = [], ...lines] = text
    .trim()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
        quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
      ),
    );
  return lines.map((line) => Object.fromEntries(header.map((name, index) => [name, line[index] ?? ''])));
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PgfleetError } from '../../../lib/errors.ts';
import { diskSections } from '../../../test/support/disks.ts';
import { collect, type GivenSection } from '../../../test/support/host.ts';
import { notice } from '../../../test/support/notice.ts';
import { collector as failure } from '../collectors/disk-failure.ts';
import { collector as health } from '../collectors/disk-health.ts';
import { collector as smartctl } from '../collectors/smartctl.ts';
import { collector as ata } from '../collectors/smartctl-ata.ts';
import { collector as nvme } from '../collectors/smartctl-nvme.ts';
import { collector as scsi } from '../collectors/smartctl-scsi.ts';

const COLLECTORS = [smartctl, ata, nvme, scsi, health, failure];
const CORPUS = new URL('../../../../shared/fixtures/', import.meta.url);
const present = existsSync(CORPUS);
if (!present) notice('metrics of recorded disks', 'no recorded files beside the repository');

function metrics(sections: Readonly<Record<string, GivenSection>>): string[] {
  return COLLECTORS.flatMap((collector) => collect(collector, sections));
}

describe.skipIf(!present)('a host with every recorded disk', () => {
  const sections: Record<string, GivenSection> = { smartctl: 'smartctl 7.4\n' };
  for (const folder of present ? ['smartctl-json', 'smartctl-text'] : []) {
    const url = new URL(`${folder}/`, CORPUS);
    for (const name of readdirSync(url).filter((one) => !one.includes('scan')))
      sections[`smartctl:/dev/${name.replaceAll(':', '_')}`] = readFileSync(new URL(name, url)).toString();
  }
  const lines = metrics(sections);
  const valuesOf = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}{`)).map((line) => Number(line.split(' ').at(-1)));

  it('has each series once, with a finite value', () => {
    const series = lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
    const seen = new Set<string>();
    const twice = series.filter((one) => seen.size === seen.add(one).size);

    expect(twice).toEqual([]);
    for (const line of lines) expect(line).toMatch(/ -?\d[\d.e+]*$/);
  });

  it('has shares and chances between 0 and 1, and wear that is none of a negative kind', () => {
    for (const chance of valuesOf('pgfleet_disk_annual_failure_probability')) {
      expect(chance).toBeGreaterThan(0);
      expect(chance).toBeLessThan(1);
    }
    for (const share of valuesOf('pgfleet_disk_coverage_ratio')) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    for (const wear of valuesOf('pgfleet_disk_endurance_used_ratio')) expect(wear).toBeGreaterThanOrEqual(0);
    expect(valuesOf('pgfleet_disk_annual_failure_probability').length).toBeGreaterThan(50);
    expect(valuesOf('pgfleet_disk_endurance_used_ratio').length).toBeGreaterThan(50);
  });
});

describe('a host with hostile disks', () => {
  const name = fc.oneof(
    fc.constantFrom(
      '/dev/sda',
      '/dev/sda:megaraid,3',
      '',
      ':',
      ':::',
      '/dev/:cciss,',
      '/dev/bus/0:sat+megaraid,1',
    ),
    fc.string({ maxLength: 20 }),
  );
  const texts = Object.values(
    diskSections({ a: 'sata-hdd.txt', b: 'sas-hdd.json', c: 'nvme.txt', d: 'scsi-5.38.txt' }),
  ).map(String);
  const output = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.constantFrom(...texts),
    fc
      .tuple(fc.constantFrom(...texts), fc.nat(4000), fc.string({ maxLength: 8, unit: 'binary' }))
      .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + put.length)),
  );
  const status = fc.constantFrom(
    'ok',
    'empty',
    'failed',
    'denied',
    'timeout',
    'truncated',
    'corrupt',
    'skipped',
  );
  const section = fc.record({ status, output, exitCode: fc.option(fc.integer(), { nil: undefined }) });

  it('gives finite values or a PgfleetError', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, section), { maxLength: 5 }), output, (disks, scan) => {
        const given = disks.map(([device, content]) => [`smartctl:${device}`, content] as const);
        try {
          const lines = metrics({ smartctl: 'x\n', 'smartctl-scan': scan, ...Object.fromEntries(given) });
          for (const line of lines) expect(Number.isFinite(Number(line.split(' ').at(-1)))).toBe(true);
        } catch (error) {
          if (!(error instanceof PgfleetError)) throw error;
        }
      }),
      { numRuns: 100 },
    );
  });
});

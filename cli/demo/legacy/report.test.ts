import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostReport } from '../../../exporters/host/report.ts';
import { reportHost } from '../../../exporters/host/report-host.ts';
import { captureFile, LEGACY_HOSTS, writeLegacyCaptures } from './machines.ts';

const NOW = Date.UTC(2026, 7, 22) / 1000;

describe('the report on the composed machines', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgfleet-legacy-'));
    await writeLegacyCaptures(folder, NOW);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const report = (name: string): Promise<HostReport> => {
    const { registry = {} } = LEGACY_HOSTS.find((host) => host.name === name) ?? {};
    const capture = { file: join(folder, captureFile(name)) };
    const declared = { purchased: registry['purchased'], warranty_until: registry['warranty_until'] };
    return reportHost({ name, transport: 'capture', capture, ...declared }, { hosts: [] });
  };
  const critical = ({ findings }: HostReport) =>
    findings.filter(({ severity }) => severity === 'critical').map(({ message }) => message);

  it('tells of the PowerEdge 2950 its age, its array and the rights that are missing', async () => {
    const found = await report('erp-pe2950');

    expect(found.age.years).toBe('19.1 to 20.6 years old');
    expect(critical(found)).toEqual([
      'Volume 0 of megacli:0 (raid5, pgsql) is degraded and nothing restores it',
      'Drive 32:2 of megacli:0 (SEAGATE ST3300655SS) has failed',
    ]);
    expect(found.unread.every(({ what, why }) => what.startsWith('ipmi-') && why === 'needs root')).toBe(
      true,
    );
    expect(found.sudoers).toContain('pgfleet ALL=(root) NOPASSWD: /usr/bin/ipmitool sdr elist');
  });

  it('tells of the ProLiant its dying disk and its dead battery', async () => {
    const found = await report('hr-dl380g7');

    expect(critical(found)).toEqual(
      expect.arrayContaining([
        'Drive 1I:1:3 of ssacli:0 (HP EG0300FAWHV) announces that it will fail',
        'Disk sda_cciss_2 (HP EG0300FAWHV) says that it is failing',
        expect.stringContaining('A known fault of the kernel hangs machines that stay up too long'),
      ]),
    );
    expect(found.findings.map(({ message }) => message)).toContain(
      'The battery of RAID controller ssacli:0 must be replaced',
    );
    expect(found.identity.find(({ name }) => name === 'PostgreSQL')?.text).toBe(
      '9.6 running on port 5432 in /var/lib/pgsql/9.6/data, 8.4 stopped in /var/lib/pgsql/data',
    );
  });

  it('tells of the PowerEdge R720 its memory and its last four weeks', async () => {
    const found = await report('dwh-r720');

    expect(critical(found)).toEqual([
      expect.stringContaining('Disk bus_0_megaraid_4 (HP MO0800JFFCH) has a firmware that stops it for ever'),
      expect.stringContaining('Disk bus_0_megaraid_5 (HP MO0800JFFCH) has a firmware that stops it for ever'),
    ]);
    expect(found.findings.map(({ message }) => message)).toContain(
      'Memory controller 0 corrected 4912 errors: a module is going bad',
    );
  });

  it('has nothing to hold against the PowerEdge R630, and has read everything', async () => {
    const found = await report('spare-r630');

    expect(found.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(found.unread).toEqual([]);
    expect(found.coverage).toEqual({ ratio: 1, missing: [] });
  });
});

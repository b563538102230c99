import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureText } from '../../test/support/host.ts';
import { reportHost } from './report-host.ts';

describe('reportHost', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgfleet-report-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('reports on a host known by a capture file', async () => {
    const file = join(folder, 'db1.cap');
    await writeFile(file, captureText({ os: '/etc/redhat-release\tCentOS release 5.11 (Final)\n' }));

    const report = await reportHost({ name: 'db1', transport: 'capture', capture: { file } }, { hosts: [] });

    expect(report).toMatchObject({ name: 'db1', recorded: true, madeAt: 1_700_000_000.5 });
    expect(report.findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('CentOS 5, gets no security updates'),
    ]);
  });

  it('refuses a host that cannot be read, with its reason', async () => {
    const entry = { name: 'gone', transport: 'capture', capture: { file: join(folder, 'none') } } as const;

    await expect(reportHost(entry, { hosts: [] })).rejects.toMatchObject({ reason: 'file' });
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostReport } from '../../../exporters/host/report.ts';
import { reportHost } from '../../../exporters/host/report-host.ts';
import { notice } from '../../support/notice.ts';
import { findSshd, type Sshd, startSshd } from '../../support/sshd.ts';

const binary = findSshd();
if (binary === undefined) notice('host report over ssh', 'no sshd on this machine (Debian: openssh-server)');

const LONG = 120_000;

it('reports on this machine', { timeout: LONG }, async () => {
  const report = await reportHost({ name: 'this', transport: 'local' }, { hosts: [] });

  expect(report.recorded).toBe(false);
  expect(report.identity.map(({ name }) => name)).toEqual(expect.arrayContaining(['Memory', 'System']));
});

describe.skipIf(binary === undefined)('over a real sshd', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd(binary ?? '');
  });
  afterAll(() => sshd.stop());

  it('reports the same as on the spot', { timeout: LONG }, async () => {
    const knownHosts = join(sshd.folder, 'known_hosts');
    await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
    const ssh = {
      address: { host: '127.0.0.1', port: sshd.port },
      user: sshd.user,
      key_file: sshd.clientKey,
      known_hosts_file: knownHosts,
    };

    const here = await reportHost({ name: 'this', transport: 'local' }, { hosts: [] });
    const there = await reportHost({ name: 'this', transport: 'ssh', ssh }, { hosts: [] });

    // Other tests start and stop servers meanwhile.
    const lasting = ({ identity }: HostReport) => identity.filter(({ name }) => name !== 'PostgreSQL');
    expect(lasting(there)).toEqual(lasting(here));
    expect(there.coverage).toEqual(here.coverage);
    expect(there.findings.map(({ message }) => message)).toEqual(here.findings.map(({ message }) => message));
  });
});

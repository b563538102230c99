import { expect, it } from 'vitest';
import type { Section } from './capture.ts';
import { checkHost, sudoersLines } from './check-host.ts';

function section(status: Section['status'], command: string): Section {
  const tool = { command, privilege: 'sudo' as const, version: undefined, owner: undefined };
  return { name: 'x', status, exitCode: 1, durationSeconds: 0, tool, output: '' };
}

it('gives the exact command that was denied, once, and lifts requiretty', () => {
  const denied = section('denied', '/usr/bin/sudo -n /usr/sbin/dmidecode -t 17,4');

  expect(sudoersLines('mon', [denied, denied, section('ok', '/usr/sbin/smartctl')])).toEqual([
    'Defaults:mon !requiretty',
    'mon ALL=(root) NOPASSWD: /usr/sbin/dmidecode -t 17\\,4',
  ]);
});

it('asks for all disks when one was denied, and for no other command of smartctl', () => {
  const denied = {
    ...section(
      'denied',
      '/usr/bin/sudo -n /usr/sbin/smartctl -n standby -j -l ssd -i -H -A -l error -l selftest -d megaraid,3 /dev/sda',
    ),
    name: 'smartctl:/dev/sda:megaraid,3',
  };

  expect(sudoersLines('mon', [denied])).toEqual([
    'Defaults:mon !requiretty',
    'mon ALL=(root) NOPASSWD: /usr/sbin/smartctl -n standby -V',
    'mon ALL=(root) NOPASSWD: /usr/sbin/smartctl -n standby --scan-open',
    'mon ALL=(root) NOPASSWD: /usr/sbin/smartctl -n standby -j -l ssd -i -H -A -l error -l selftest *',
  ]);
});

it('asks for the user the backups belong to', () => {
  const denied = section('denied', '/usr/bin/pgbackrest info --output=json');
  const tool = {
    command: '/usr/bin/pgbackrest info --output=json',
    privilege: 'user',
    owner: 'postgres',
  } as const;

  expect(sudoersLines('mon', [{ ...denied, tool: { ...tool, version: undefined } }])).toEqual([
    'Defaults:mon !requiretty',
    'mon ALL=(postgres) NOPASSWD: /usr/bin/pgbackrest info --output\\=json',
  ]);
});

it('asks for nothing when nothing was denied', () => {
  expect(sudoersLines(undefined, [section('failed', '/usr/bin/sudo -n /usr/sbin/dmidecode')])).toEqual([]);
});

it('says why a capture file cannot be read', async () => {
  const entry = {
    name: 'vault9',
    transport: 'capture' as const,
    capture: { file: '/nonexistent/vault9.cap' },
  };

  const check = await checkHost(entry, { hosts: [entry] });

  expect(check.failure).toContain('/nonexistent/vault9.cap');
});

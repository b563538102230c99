import { describe, expect, it } from 'vitest';
import { collect, type GivenSection } from '../../../test/support/host.ts';
import { collector } from './pgbackrest.ts';

/** As pgBackRest 2.45 printed it, with two repositories. */
const STANZA = {
  archive: [
    {
      database: { id: 1, 'repo-key': 1 },
      id: '15-1',
      max: '000000010000000000000006',
      min: '000000010000000000000001',
    },
    {
      database: { id: 1, 'repo-key': 2 },
      id: '15-1',
      max: '000000010000000000000006',
      min: '000000010000000000000001',
    },
  ],
  backup: [
    backup({
      key: 1,
      type: 'full',
      start: 1_795_883_569,
      stop: 1_795_883_577,
      delta: 3_028_360,
      wal: '02',
      lsn: '0/2000028',
    }),
    backup({
      key: 1,
      type: 'incr',
      start: 1_795_883_579,
      stop: 1_795_883_581,
      delta: 429,
      wal: '03',
      lsn: '0/3000028',
    }),
    backup({
      key: 2,
      type: 'full',
      start: 1_795_883_582,
      stop: 1_795_883_590,
      delta: 3_028_358,
      wal: '06',
      lsn: '0/6000028',
    }),
  ],
  cipher: 'none',
  db: [database(1, 1), database(1, 2)],
  name: 'main',
  repo: [
    { cipher: 'none', key: 1, status: { code: 0, message: 'ok' } },
    { cipher: 'none', key: 2, status: { code: 0, message: 'ok' } },
  ],
  status: { code: 0, lock: { backup: { held: false } }, message: 'ok' },
};

interface GivenBackup {
  readonly key: number;
  readonly type: string;
  readonly start: number;
  readonly stop: number;
  readonly delta: number;
  readonly wal: string;
  readonly lsn: string;
}

function backup({ key, type, start, stop, delta, wal, lsn }: GivenBackup) {
  return {
    archive: { start: `0000000100000000000000${wal}`, stop: `0000000100000000000000${wal}` },
    database: { id: 1, 'repo-key': key },
    error: false,
    info: { delta, repository: { delta, size: 3_028_360 }, size: 22_918_937 },
    lsn: { start: lsn, stop: lsn },
    timestamp: { start, stop },
    type,
  };
}

function database(id: number, key: number) {
  // Larger than a number of JavaScript can be; `printed` takes the quotes away.
  return { id, 'repo-key': key, 'system-id': `7713261173075591793`, version: '15' };
}

function printed(...stanzas: object[]): string {
  return `${JSON.stringify(stanzas).replaceAll('"7713261173075591793"', '7713261173075591793')}\n`;
}

function read(pgbackrest: GivenSection, pattern = /./): string[] {
  return collect(collector, { pgbackrest }).filter((line) => pattern.test(line));
}

describe('pgbackrest', () => {
  it('tells the newest backup of every type in every repository', () => {
    const first = 'cluster="main",tool="pgbackrest",stanza="main",repo="1"';

    expect(read(printed(STANZA), /stanzas|repo="1"|running/)).toEqual([
      'pgfleet_backup_stanzas{tool="pgbackrest"} 1',
      'pgfleet_backup_running{cluster="main",tool="pgbackrest",stanza="main"} 0',
      `pgfleet_backup_stanza_info{${first},system_identifier="7713261173075591793"} 1`,
      `pgfleet_backup_repository_ok{${first}} 1`,
      `pgfleet_backup_failed_backups{${first}} 0`,
      `pgfleet_backup_wal_archived_position_bytes{${first}} ${7 * 16 * 1024 * 1024}`,
      `pgfleet_backup_oldest_timestamp_seconds{${first}} 1795883577`,
      `pgfleet_backup_backups{${first},type="full"} 1`,
      `pgfleet_backup_last_success_timestamp_seconds{${first},type="full"} 1795883577`,
      `pgfleet_backup_last_duration_seconds{${first},type="full"} 8`,
      `pgfleet_backup_last_size_bytes{${first},type="full"} 22918937`,
      `pgfleet_backup_last_stored_bytes{${first},type="full"} 3028360`,
      `pgfleet_backup_backups{${first},type="incr"} 1`,
      `pgfleet_backup_last_success_timestamp_seconds{${first},type="incr"} 1795883581`,
      `pgfleet_backup_last_duration_seconds{${first},type="incr"} 2`,
      `pgfleet_backup_last_size_bytes{${first},type="incr"} 22918937`,
      `pgfleet_backup_last_stored_bytes{${first},type="incr"} 429`,
    ]);
    expect(read(printed(STANZA), /last_success.*repo="2"/)).toEqual([
      'pgfleet_backup_last_success_timestamp_seconds{cluster="main",tool="pgbackrest",stanza="main",repo="2",type="full"} 1795883590',
    ]);
  });

  it('counts a backup with damaged pages as failed', () => {
    const [full, incr] = STANZA.backup;
    const damaged = { ...STANZA, backup: [full, { ...incr, error: true }] };

    expect(read(printed(damaged), /fail|success|backups\{.*incr/)).toEqual([
      'pgfleet_backup_failed_backups{cluster="main",tool="pgbackrest",stanza="main",repo="1"} 1',
      'pgfleet_backup_last_failure_timestamp_seconds{cluster="main",tool="pgbackrest",stanza="main",repo="1"} 1795883581',
      'pgfleet_backup_last_success_timestamp_seconds{cluster="main",tool="pgbackrest",stanza="main",repo="1",type="full"} 1795883577',
      'pgfleet_backup_failed_backups{cluster="main",tool="pgbackrest",stanza="main",repo="2"} 0',
    ]);
  });

  it('tells what is wrong with a repository, and keeps the other one', () => {
    const [one] = STANZA.repo;
    const unreadable = {
      ...STANZA,
      archive: STANZA.archive.slice(0, 1),
      backup: STANZA.backup.slice(0, 2),
      db: STANZA.db.slice(0, 1),
      repo: [
        one,
        { cipher: 'none', key: 2, status: { code: 99, message: '[PathOpenError] ... Permission denied' } },
      ],
      status: { code: 4, lock: { backup: { held: true } }, message: 'different across repos' },
    };

    expect(read(printed(unreadable), /ok|problem|running|success.*full/)).toEqual([
      'pgfleet_backup_running{cluster="main",tool="pgbackrest",stanza="main"} 1',
      'pgfleet_backup_repository_ok{cluster="main",tool="pgbackrest",stanza="main",repo="1"} 1',
      'pgfleet_backup_last_success_timestamp_seconds{cluster="main",tool="pgbackrest",stanza="main",repo="1",type="full"} 1795883577',
      'pgfleet_backup_repository_ok{cluster="main",tool="pgbackrest",stanza="main",repo="2"} 0',
      'pgfleet_backup_problem{cluster="main",tool="pgbackrest",stanza="main",repo="2",problem="other"} 1',
    ]);
  });

  it('passes over the backups of the major version before', () => {
    const upgraded = { ...STANZA, db: [...STANZA.db, database(2, 1), database(2, 2)] };

    expect(read(printed(upgraded), /success|backups\{.*repo="1"|archived/)).toEqual([
      'pgfleet_backup_failed_backups{cluster="main",tool="pgbackrest",stanza="main",repo="1"} 0',
      'pgfleet_backup_backups{cluster="main",tool="pgbackrest",stanza="main",repo="1",type="full"} 0',
    ]);
  });

  it('finds the size of WAL files by the positions beside them', () => {
    const lsn = { start: '0/8000028', stop: '0/8000100' };
    const large = { ...STANZA, backup: [{ ...STANZA.backup[0], lsn }] };

    // File 2 begins at 0x8000000: they have 64 MiB.
    expect(read(printed(large), /archived.*repo="1"/)[0]).toContain(`} ${7 * 64 * 1024 * 1024}`);
  });

  it('reads one repository of the time before they had keys', () => {
    const { repo: _, ...old } = STANZA;
    const withoutKeys = JSON.parse(
      JSON.stringify({ ...old, backup: STANZA.backup.slice(0, 1) }),
      (key, value) => (key === 'repo-key' ? undefined : value),
    );

    expect(read(printed(withoutKeys), /ok|success/)).toEqual([
      'pgfleet_backup_repository_ok{cluster="main",tool="pgbackrest",stanza="main",repo="1"} 1',
      'pgfleet_backup_last_success_timestamp_seconds{cluster="main",tool="pgbackrest",stanza="main",repo="1",type="full"} 1795883577',
    ]);
  });

  it('reads past warnings', () => {
    const warning = "WARN: configuration file contains invalid option 'repo1-pth'\n";

    expect(read(`${warning}${printed(STANZA)}`, /stanzas/)).toEqual([
      'pgfleet_backup_stanzas{tool="pgbackrest"} 1',
    ]);
  });

  it('tells a repository without stanzas from no pgBackRest', () => {
    expect(read('[]\n')).toEqual(['pgfleet_backup_stanzas{tool="pgbackrest"} 0']);
    expect(read({ status: 'absent' })).toEqual([]);
  });

  it.each([
    ['WARN: something\n', /expected a JSON list of stanzas/],
    ['[{"name":"main"}]\n', /expected stanzas with a name and a status/],
    ['[{"name":"main","stat', /expected a JSON list of stanzas/],
    [{ status: 'denied' }, /needs more privileges/],
    [{ status: 'failed', exitCode: 55 }, /failed on the host with code 55/],
  ] as const)('fails visibly on %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { collect, type GivenSection } from '../../../test/support/host.ts';
import { collector } from './barman.ts';

/** As Barman 3.4 printed it; a failed backup has no more than this. */
const BACKUPS = JSON.stringify({
  shop: [
    { backup_id: '20261128T200000', status: 'STARTED' },
    {
      backup_id: '20261128T164219',
      status: 'WAITING_FOR_WALS',
      end_time_timestamp: '1795880540',
      size_bytes: 39_833_824,
    },
    { backup_id: '20261127T164219', status: 'FAILED' },
    {
      backup_id: '20261126T164219',
      end_time: 'Thu Nov 26 16:42:20 2026',
      end_time_timestamp: '1795707740',
      retention_status: '-',
      size: '38.0 MiB',
      size_bytes: 39_833_824,
      status: 'DONE',
      tablespaces: [],
    },
    {
      backup_id: '20261125T164219',
      backup_type: 'incremental',
      status: 'DONE',
      end_time_timestamp: '1795621340',
      size_bytes: 42,
    },
  ],
});
const CHECK = JSON.stringify({
  shop: {
    wal_archive: { hint: 'please make sure WAL shipping is setup', status: 'FAILED' },
    wal_level: { hint: '', status: 'OK' },
  },
});

function read(backups: GivenSection, check: GivenSection = `${CHECK}\n`, pattern = /./): string[] {
  const lines = collect(collector, { 'barman:backups': backups, 'barman:check': check });
  return lines.filter((line) => pattern.test(line));
}

describe('barman', () => {
  it('counts what is complete, and tells what failed and what runs', () => {
    const labels = 'cluster="shop",tool="barman",stanza="shop"';

    // The host is an hour east of UTC: 16:42:19 there is 15:42:19.
    expect(read(`${BACKUPS}\n`)).toEqual([
      'pgfleet_backup_stanzas{tool="barman"} 1',
      `pgfleet_backup_running{${labels}} 1`,
      `pgfleet_backup_stanza_info{${labels}} 1`,
      `pgfleet_backup_repository_ok{${labels}} 0`,
      `pgfleet_backup_problem{${labels},problem="wal_archive"} 1`,
      `pgfleet_backup_failed_backups{${labels}} 1`,
      `pgfleet_backup_last_failure_timestamp_seconds{${labels}} 1795794139`,
      `pgfleet_backup_oldest_timestamp_seconds{${labels}} 1795707740`,
      `pgfleet_backup_backups{${labels},type="full"} 1`,
      `pgfleet_backup_last_success_timestamp_seconds{${labels},type="full"} 1795707740`,
      `pgfleet_backup_last_duration_seconds{${labels},type="full"} 1`,
      `pgfleet_backup_last_stored_bytes{${labels},type="full"} 39833824`,
      `pgfleet_backup_backups{${labels},type="incr"} 1`,
      `pgfleet_backup_last_success_timestamp_seconds{${labels},type="incr"} 1795621340`,
      `pgfleet_backup_last_duration_seconds{${labels},type="incr"} 1`,
      `pgfleet_backup_last_stored_bytes{${labels},type="incr"} 42`,
    ]);
  });

  it('reads the checks when they end with an error, whatever a hint says', () => {
    const hint = CHECK.replace('please make', 'Permission denied, please make');

    expect(read(`${BACKUPS}\n`, { status: 'denied', exitCode: 1, output: `${hint}\n` }, /ok/)).toEqual([
      'pgfleet_backup_repository_ok{cluster="shop",tool="barman",stanza="shop"} 0',
    ]);
  });

  it('tells a server without backups from no Barman', () => {
    expect(read('{"shop": []}\n', { status: 'missing' }, /stanzas|backups|ok/)).toEqual([
      'pgfleet_backup_stanzas{tool="barman"} 1',
      'pgfleet_backup_failed_backups{cluster="shop",tool="barman",stanza="shop"} 0',
      'pgfleet_backup_backups{cluster="shop",tool="barman",stanza="shop",type="full"} 0',
    ]);
    expect(read({ status: 'absent' }, { status: 'absent' })).toEqual([]);
  });

  it.each([
    ['{"_ERROR": ["no servers"]}\n', '{}\n', /expected a JSON object of servers/],
    ['usage: barman\n', '{}\n', /expected a JSON object of servers/],
    ['{"shop": []}\n', '{"shop": 3}\n', /barman check: expected/],
    [{ status: 'denied' }, '{}\n', /needs more privileges/],
    [
      '{"shop": []}\n',
      { status: 'failed', exitCode: 2, output: 'barman: error\n' },
      /failed on the host with code 2/,
    ],
  ] as const)('fails visibly on %j and %j', (backups, check, message) => {
    expect(() => read(backups, check)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { collect, type GivenSection, hostInput, print } from '../../../test/support/host.ts';
import { collector } from './wal-g.ts';

/** Composed after the structures that WAL-G prints. */
const BACKUPS = `[{"backup_name":"base_000000010000000000000002","time":"2026-11-27T01:00:09Z","wal_file_name":"000000010000000000000002",
"start_time":"2026-11-27T01:00:00Z","finish_time":"2026-11-27T01:00:08.5Z","date_fmt":"%Y-%m-%dT%H:%M:%S.%fZ","hostname":"db1",
"data_dir":"/var/lib/postgresql/16/main","pg_version":160004,"start_lsn":33554472,"finish_lsn":33554688,"is_permanent":false,
"system_identifier":7713263556895406907,"uncompressed_size":31337000,"compressed_size":4242000},
{"backup_name":"base_000000010000000000000006_D_000000010000000000000002","time":"2026-11-28T01:00:04Z",
"start_time":"2026-11-28T01:00:00Z","finish_time":"2026-11-28T01:00:03Z","system_identifier":7713263556895406907,
"uncompressed_size":1000,"compressed_size":100}]`;
const WAL = JSON.stringify([
  {
    id: 1,
    end_segment: '000000010000000000000008',
    missing_segments: ['000000010000000000000004'],
    status: 'LOST_SEGMENTS',
  },
  { id: 2, end_segment: '00000002000000010000000A', missing_segments: null, status: 'OK' },
]);
const VERSION = 'wal-g version v3.0.3\n';

function read(sections: Readonly<Record<string, GivenSection>>): string[] {
  return collect(collector, { 'wal-g': VERSION, ...sections });
}

describe('wal-g', () => {
  it('tells the newest backups and the gaps in the WAL', () => {
    const labels = 'cluster="shop",tool="wal-g",stanza="shop"';

    expect(
      read({
        'wal-g:shop:backups': `INFO: 2026/11/28 10:00:00 reading\n${BACKUPS}\n`,
        'wal-g:shop:wal': `${WAL}\n`,
      }),
    ).toEqual([
      'pgfleet_backup_stanzas{tool="wal-g"} 1',
      `pgfleet_backup_stanza_info{${labels},system_identifier="7713263556895406907"} 1`,
      `pgfleet_backup_failed_backups{${labels}} 0`,
      `pgfleet_backup_wal_archived_position_bytes{${labels}} ${2 ** 32 + 11 * 16 * 1024 * 1024}`,
      `pgfleet_backup_wal_missing_files{${labels}} 1`,
      `pgfleet_backup_oldest_timestamp_seconds{${labels}} 1795741208.5`,
      `pgfleet_backup_backups{${labels},type="full"} 1`,
      `pgfleet_backup_last_success_timestamp_seconds{${labels},type="full"} 1795741208.5`,
      `pgfleet_backup_last_duration_seconds{${labels},type="full"} 8.5`,
      `pgfleet_backup_last_size_bytes{${labels},type="full"} 31337000`,
      `pgfleet_backup_last_stored_bytes{${labels},type="full"} 4242000`,
      `pgfleet_backup_backups{${labels},type="incr"} 1`,
      `pgfleet_backup_last_success_timestamp_seconds{${labels},type="incr"} 1795827603`,
      `pgfleet_backup_last_duration_seconds{${labels},type="incr"} 3`,
      `pgfleet_backup_last_size_bytes{${labels},type="incr"} 1000`,
      `pgfleet_backup_last_stored_bytes{${labels},type="incr"} 100`,
    ]);
  });

  it.each(['INFO: 2026/11/28 10:00:00 No backups found\n', '[]\n', 'null\n'])(
    'reads %j as no backup',
    (output) => {
      const lines = read({ 'wal-g:shop:backups': output });

      expect(lines).toContain(
        'pgfleet_backup_backups{cluster="shop",tool="wal-g",stanza="shop",type="full"} 0',
      );
      expect(lines.filter((line) => line.includes('success'))).toEqual([]);
    },
  );

  it('keeps what can be read beside what cannot', () => {
    const lines: string[] = [];
    const input = hostInput({
      'wal-g': VERSION,
      'wal-g:crm:backups': { status: 'denied' },
      'wal-g:shop:backups': `${BACKUPS}\n`,
      'wal-g:shop:wal': { status: 'failed', exitCode: 1 },
    });

    const run = () => {
      for (const sample of collector.samples(input)) lines.push(...print(sample));
    };

    expect(run).toThrow(/wal-g:crm:backups: reading it needs more privileges/);
    expect(lines.filter((line) => line.includes('success'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('wal_'))).toEqual([]);
  });

  it('gives nothing without WAL-G, and fails on what it does not understand', () => {
    expect(collect(collector, { 'wal-g': { status: 'absent' } })).toEqual([]);
    expect(() => read({ 'wal-g:shop:backups': '[{"name":"x"}]\n' })).toThrow(/expected names in every item/);
    expect(() => read({ 'wal-g:shop:backups': 'ERROR: no storage configured\n' })).toThrow(
      /expected a JSON list/,
    );
  });
});

/**
 * Source: wal-g backup-list --detail --json, wal-g wal-show --detailed-json --without-backups,
 *         https://github.com/wal-g/wal-g/blob/master/docs/PostgreSQL.md
 * Shape:  [{"backup_name":"base_000000010000000000000002","start_time":"2026-11-28T01:00:00Z","finish_time":"..Z",
 *         "uncompressed_size":31337,"compressed_size":4242}], [{"id":1,"end_segment":"00..06","missing_segments":[]}]
 * Units:  ISO 8601 -> seconds since the epoch, bytes as they are; the name of a WAL file of 16 MiB -> position behind it
 * Needs:  the owner of the configuration: sudo for these commands; `pgfleet check` prints the lines
 * Cost:   two runs in the tier `backups` for each file /etc/wal-g/NAME.{json,yaml,yml}, which list the storage;
 *         where there is none, what the home of postgres has (.walg.json)
 * Absent when: wal-g is not installed. A backup that broke off leaves no trace, so only the age tells of it
 */
import { BACKUP_METRICS, backupSamples } from '../backup-metrics.ts';
import type { BackupRepository } from '../formats/backup.ts';
import { walGRepository, walIn } from '../formats/wal-g.ts';
import { contentOf, type HostCollector, type HostInput } from '../host-collector.ts';

export const collector = {
  name: 'wal_g',
  help: 'Backups of WAL-G: when the last one ended, sizes, gaps in the archived WAL.',
  metrics: BACKUP_METRICS,
  sections: ['wal-g'],
  tier: 'backups',
  *samples(input) {
    const failures: unknown[] = [];
    const told = configurations(input).flatMap((stanza) => readOne(input, stanza, failures) ?? []);
    if (told.length > 0) yield* backupSamples('wal-g', told, input.clusterOf);
    // One configuration must not cost the others, nor fail unseen.
    if (failures.length > 0) throw failures[0];
  },
} satisfies HostCollector;

function configurations(input: HostInput): string[] {
  return input.sections('wal-g:').flatMap(({ name }) => {
    const stanza = /^wal-g:(?<stanza>[^:]+):backups$/.exec(name)?.groups?.['stanza'];
    return stanza ?? [];
  });
}

/** Undefined when its backups cannot be read; without its WAL when only that cannot. */
function readOne({ section }: HostInput, stanza: string, failures: unknown[]): BackupRepository | undefined {
  const keep = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  const wal = keep(() => walIn(contentOf(section(`wal-g:${stanza}:wal`))));
  return keep(() => walGRepository(stanza, contentOf(section(`wal-g:${stanza}:backups`)) ?? '', wal));
}

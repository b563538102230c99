/**
 * Source: pgbackrest info --output=json, https://pgbackrest.org/command.html#command-info
 * Shape:  [{"name":"main","status":{"code":0,"lock":{"backup":{"held":false}}},"repo":[{"key":1,"status":{"code":0}}],
 *         "db":[{"id":1,"repo-key":1,"system-id":7713261173075591793}],"archive":[{"max":"000000010000000000000006"}],
 *         "backup":[{"type":"full","error":false,"timestamp":{"start":1795883569,"stop":1795883577}}]}]
 * Units:  seconds since the epoch and bytes, exported as they are; the name of a WAL file -> position behind it
 * Needs:  the user the repository belongs to: sudo for that one command; `pgfleet check` prints the line
 * Cost:   one run in the tier `backups`; with a repository in an object store it lists and reads there
 * Absent when: pgbackrest is not installed. Backups of an earlier major version are passed over. An attempt
 *         that broke off leaves no trace in this output, so only the age tells of it
 */
import { BACKUP_METRICS, backupSamples } from '../backup-metrics.ts';
import { parsePgbackrest } from '../formats/pgbackrest.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

export const collector = {
  name: 'pgbackrest',
  help: 'Backups of pgBackRest: when the last good one ended, sizes, repositories, how far WAL is archived.',
  metrics: BACKUP_METRICS,
  sections: ['pgbackrest'],
  tier: 'backups',
  *samples({ section, clusterOf }) {
    const output = contentOf(section('pgbackrest'));
    if (output === undefined) return;
    yield* backupSamples('pgbackrest', parsePgbackrest(output), clusterOf);
  },
} satisfies HostCollector;

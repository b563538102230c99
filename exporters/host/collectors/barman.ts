/**
 * Source: barman -f json list-backup all, barman -f json check all, https://docs.pgbarman.org/
 * Shape:  {"shop":[{"backup_id":"20261128T164219","status":"DONE","end_time_timestamp":"1795884140","size_bytes":39833824}]},
 *         {"shop":{"wal_archive":{"hint":"please make sure WAL shipping is setup","status":"FAILED"}}}
 * Units:  seconds since the epoch and bytes, exported as they are; the name of a backup is the local time it began
 * Needs:  the user barman: sudo for these two commands; `pgfleet check` prints the lines
 * Cost:   two runs in the tier `backups`; `check` connects to each server, as Barman's own monitoring does
 * Absent when: barman is not installed. A copy whose WAL has not arrived yet does not count as a backup.
 *         How far WAL is archived is not told, only whether the checks of it pass
 */
import { BACKUP_METRICS, backupSamples } from '../backup-metrics.ts';
import type { Section } from '../capture.ts';
import { parseBarman } from '../formats/barman.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

export const collector = {
  name: 'barman',
  help: 'Backups of Barman: when the last good one ended, failed ones, what its checks find wrong.',
  metrics: BACKUP_METRICS,
  sections: ['barman:backups', 'barman:check'],
  tier: 'backups',
  *samples({ section, clusterOf, header }) {
    const backups = contentOf(section('barman:backups'));
    if (backups === undefined) return;
    const check = checkOutput(section('barman:check'));
    yield* backupSamples('barman', parseBarman({ backups, check }, header.zoneOffsetSeconds), clusterOf);
  },
} satisfies HostCollector;

/** It ends with 1 when a check fails, and tells which; a hint in it may speak of denied permissions. */
function checkOutput(section: Section): string | undefined {
  const told = (section.status === 'failed' || section.status === 'denied') && section.output.includes('{"');
  return told ? section.output : contentOf(section);
}

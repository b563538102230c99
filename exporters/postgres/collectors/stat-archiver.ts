/**
 * Source: pg_stat_archiver, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ARCHIVER-VIEW
 * Shape:  one row
 * Units:  WAL files; seconds; seconds since the epoch
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: the times, before the first file; they say nothing where archive_mode is off
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  archived: counter(
    'pg_stat_archiver_archived_count',
    'Number of WAL files that have been successfully archived.',
  ),
  failed: counter('pg_stat_archiver_failed_count', 'Number of failed attempts for archiving WAL files.'),
  last_age: gauge(
    'pg_stat_archiver_last_archive_age',
    'Time in seconds since last WAL segment was successfully archived.',
  ),
  last_archived: gauge(
    'pgfleet_postgres_archiver_last_success_timestamp_seconds',
    'When the last WAL file was archived.',
  ),
  last_failed: gauge(
    'pgfleet_postgres_archiver_last_failure_timestamp_seconds',
    'When archiving a WAL file failed last.',
  ),
  failing: gauge(
    'pgfleet_postgres_archiver_failing',
    'Whether the last attempt to archive a WAL file failed.',
  ),
};

export const collector = {
  name: 'stat_archiver',
  help: 'Whether WAL files reach the archive.',
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    {
      sql: `select archived_count as archived, failed_count as failed,
  extract(epoch from clock_timestamp() - last_archived_time)::float8 as last_age,
  extract(epoch from last_archived_time)::float8 as last_archived,
  extract(epoch from last_failed_time)::float8 as last_failed,
  case when last_failed_time is null and last_archived_time is null then null
    else coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) end as failing
from pg_stat_archiver`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;

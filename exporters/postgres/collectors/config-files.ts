/**
 * Source: pg_file_settings, https://www.postgresql.org/docs/current/view-pg-file-settings.html
 * Shape:  one row
 * Units:  lines of the configuration files
 * Needs:  the right to read pg_file_settings and to call pg_show_all_file_settings(), which only superusers have unless granted
 * Cost:   the server reads its configuration files, every 5 minutes
 * Absent when: never
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  errors: gauge(
    'pgfleet_postgres_config_file_errors',
    'Lines of the configuration files that the server cannot take: after one of these it may not start again.',
  ),
};

/** A setting that waits for a restart has an error there too. */
const SQL = `select count(*) as errors
from pg_file_settings f left join pg_settings s on s.name = f.name
where f.error is not null and not coalesce(s.pending_restart, false)`;

export const collector = {
  name: 'config_files',
  help: 'Whether the configuration files have mistakes that show at the next restart.',
  scope: 'instance',
  metrics: Object.values(metrics),
  needs: { select: 'pg_file_settings', execute: 'pg_show_all_file_settings()' },
  ttlSeconds: 300,
  timeoutSeconds: 5,
  queries: [{ sql: SQL }],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;

/**
 * Source: pg_settings, https://www.postgresql.org/docs/current/view-pg-settings.html
 * Shape:  one row
 * Units:  settings; the hash is a number below 2^48 without meaning of its own
 * Needs:  pg_read_all_settings for settings that only superusers see; without it they are not in the hash
 * Cost:   lists all settings, a few milliseconds
 * Absent when: never
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  pending: gauge(
    'pgfleet_postgres_settings_pending_restart',
    'Settings changed in the configuration files that wait for a restart.',
  ),
  hash: gauge(
    'pgfleet_postgres_settings_hash',
    'Hash over the values of all settings: it changes when a setting does.',
  ),
  changed: gauge(
    'pgfleet_postgres_settings_not_default',
    'Settings whose value is not the built-in default, for whatever reason.',
  ),
} as const;

/** What a session sets for itself is left out, or our own settings would count. */
const SQL = `
select count(*) filter (where pending_restart) as pending,
  count(*) filter (where reset_val is distinct from boot_val and source not in ('override', 'client', 'session'))
    as changed,
  ('x' || substr(md5(string_agg(name || '=' || coalesce(reset_val, ''), ';' order by name)), 1, 12))::bit(48)::bigint
    as hash
from pg_settings
where source not in ('client', 'session')`;

export const collector = {
  name: 'settings_state',
  help: 'Whether settings were changed, and whether a restart is due for them.',
  metrics: Object.values(metrics),
  scope: 'instance',
  ttlSeconds: 60,
  queries: [{ sql: SQL }],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;

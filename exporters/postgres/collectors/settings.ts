/**
 * Source: pg_settings, https://www.postgresql.org/docs/current/view-pg-settings.html
 * Shape:  name | setting | unit | vartype | pending_restart
 * Units:  ms, s, min, h, d -> seconds; B, kB, MB, GB, TB and blocks of them -> bytes; on -> 1; -1 stays as it is
 * Needs:  nothing for most; settings of superusers only show to members of pg_read_all_settings
 * Cost:   some 350 rows from memory, asked once a minute
 * Absent when: never; text and enum settings have no series
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import { SESSION_SETTINGS } from '../connection.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { type Row, textOf } from '../rows.ts';

const pendingRestart = gauge(
  'pgfleet_postgres_setting_pending_restart',
  'Settings whose new value in the configuration file takes a restart to come into force.',
  ['name'],
);

/** Settings of our own session: for these the value that the server would have given it. */
const OURS = [
  ...Object.keys(SESSION_SETTINGS),
  'jit',
  'client_connection_check_interval',
  'statement_timeout',
];

export const collector = {
  name: 'settings',
  help: 'Every numeric or boolean setting of the server, in base units.',
  scope: 'instance',
  metrics: [pendingRestart],
  familyPrefix: 'pg_settings_',
  ttlSeconds: 60,
  queries: [
    {
      sql: `select name,
  case when name in (${OURS.map((name) => `'${name}'`).join(', ')}) then reset_val else setting end as setting,
  coalesce(unit, '') as unit, vartype, pending_restart
from pg_settings
where vartype in ('bool', 'integer', 'real') or pending_restart`,
    },
  ],
  *samples(rows, { role }) {
    for (const row of rows) {
      const name = textOf(row, 'name');
      if (row['pending_restart'] === true) yield pendingRestart({ name }, 1);
      // Our session is read only by its own choice.
      const setting =
        name === 'transaction_read_only' ? (role === 'standby' ? 'on' : 'off') : textOf(row, 'setting');
      yield* settingSample(name, setting, row);
    }
  },
} satisfies PostgresCollector;

/** Nothing for a setting that has no number. */
function* settingSample(name: string, setting: string, row: Row): Generator<Sample> {
  const type = textOf(row, 'vartype');
  if (type !== 'bool' && type !== 'integer' && type !== 'real') return;
  const value = type === 'bool' ? (setting === 'on' ? 1 : 0) : Number(setting);
  if (setting === '' || Number.isNaN(value)) return;
  const unit = baseUnit(textOf(row, 'unit'));
  const family = `pg_settings_${name.replace(/[^a-zA-Z0-9_]/g, '_')}`;
  if (unit === undefined) {
    yield gauge(family, `Server Parameter: ${name}.`)(value);
  } else {
    const help = `Server Parameter: ${name} [Units converted to ${unit.name}.].`;
    yield gauge(`${family}_${unit.name}`, help)(value < 0 ? value : value * unit.factor);
  }
}

const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
};

/** The base unit of a unit of pg_settings such as "8kB" or "min", and how many of it there are in one. */
export function baseUnit(unit: string): { name: 'seconds' | 'bytes'; factor: number } | undefined {
  const { count = '', symbol = '' } = /^(?<count>\d*)(?<symbol>[a-zA-Z]+)$/.exec(unit)?.groups ?? {};
  const times = count === '' ? 1 : Number(count);
  const seconds = SECONDS[symbol];
  if (seconds !== undefined) return { name: 'seconds', factor: times * seconds };
  const bytes = BYTES[symbol];
  return bytes === undefined ? undefined : { name: 'bytes', factor: times * bytes };
}

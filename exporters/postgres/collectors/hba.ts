/**
 * Source: pg_hba_file_rules, https://www.postgresql.org/docs/current/view-pg-hba-file-rules.html
 * Shape:  one row per kind of connection, method and reach of the line's address
 * Units:  lines of pg_hba.conf
 * Needs:  the right to read pg_hba_file_rules and to call the function of that name, which only superusers have unless granted
 * Cost:   the server reads the file
 * Absent when: PostgreSQL 9.6
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, type Row, textOf } from '../rows.ts';

const LABELS = ['type', 'method', 'reach'] as const;
const lines = gauge(
  'pgfleet_postgres_hba_lines',
  'Lines of pg_hba.conf by kind of connection, method and reach: local, loopback, network or any address.',
  LABELS,
);
const errors = gauge('pgfleet_postgres_hba_errors', 'Lines of pg_hba.conf that the server cannot read.');

const SQL = `
select type, auth_method as method,
  case when type = 'local' then 'local'
    when address in ('127.0.0.1', '::1', 'localhost', 'samehost') or address like '127.%' then 'loopback'
    when address = 'all' or (address in ('0.0.0.0', '::') and netmask in ('0.0.0.0', '::')) then 'any'
    else 'network' end as reach,
  count(*) filter (where error is null) as lines, count(*) filter (where error is not null) as errors
from pg_hba_file_rules
group by 1, 2, 3`;

export const collector = {
  name: 'hba',
  help: 'Whether anybody may log in without a password, and from where.',
  metrics: [lines, errors],
  scope: 'instance',
  ttlSeconds: 300,
  needs: { select: 'pg_hba_file_rules', execute: 'pg_hba_file_rules()' },
  queries: [{ minVersion: 100_000, sql: SQL }],
  *samples(rows: readonly Row[]): Generator<Sample> {
    let unreadable = 0;
    for (const row of rows) {
      unreadable += numberOf(row, 'errors') ?? 0;
      const method = textOf(row, 'method');
      // A line that cannot be read has no method.
      if (method === '') continue;
      yield lines({ type: textOf(row, 'type'), method, reach: textOf(row, 'reach') }, numberOf(row, 'lines'));
    }
    yield errors(unreadable);
  },
} satisfies PostgresCollector;

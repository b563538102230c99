import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { baseUnit, collector } from './settings.ts';

const facts = foreignFacts('', 150_018, 'a');

function setting(name: string, value: string, unit: string, vartype: string, pending_restart = false) {
  return { name, setting: value, unit, vartype, pending_restart };
}

it('prints settings in base units', () => {
  const rows = [
    setting('shared_buffers', '16384', '8kB', 'integer', true),
    setting('log_min_duration_statement', '-1', 'ms', 'integer'),
    setting('checkpoint_timeout', '300', 's', 'integer'),
    setting('autovacuum', 'on', '', 'bool'),
    setting('random_page_cost', '1.1', '', 'real'),
    setting('pg_stat_statements.max', '5000', '', 'integer'),
    setting('wal_level', 'replica', '', 'enum', true),
  ];

  const { text } = render(collector.samples(rows, facts), 'text');

  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'pgfleet_postgres_setting_pending_restart{name="shared_buffers"} 1',
    'pgfleet_postgres_setting_pending_restart{name="wal_level"} 1',
    'pg_settings_shared_buffers_bytes 134217728',
    'pg_settings_log_min_duration_statement_seconds -1',
    'pg_settings_checkpoint_timeout_seconds 300',
    'pg_settings_autovacuum 1',
    'pg_settings_random_page_cost 1.1',
    'pg_settings_pg_stat_statements_max 5000',
  ]);
});

it('takes our own read-only session not for the server', () => {
  const rows = [setting('transaction_read_only', 'on', '', 'bool')];

  expect(render(collector.samples(rows, facts), 'text').text).toContain(
    'pg_settings_transaction_read_only 0\n',
  );
  expect(render(collector.samples(rows, { ...facts, role: 'standby' }), 'text').text).toContain(
    'pg_settings_transaction_read_only 1\n',
  );
});

it.each([
  ['ms', 'seconds', 0.001],
  ['min', 'seconds', 60],
  ['d', 'seconds', 86_400],
  ['B', 'bytes', 1],
  ['8kB', 'bytes', 8192],
  ['16MB', 'bytes', 16_777_216],
])('knows the unit %s', (unit, name, factor) => {
  expect(baseUnit(unit)).toEqual({ name, factor });
});

it.each(['', 'furlong', '8'])('knows no base unit of %j', (unit) => {
  expect(baseUnit(unit)).toBeUndefined();
});

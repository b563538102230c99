import { expect, it } from 'vitest';
import { render } from '../../lib/exposition.ts';
import { gauge } from '../../lib/metric.ts';
import { withLegacyNames } from './legacy-names.ts';

it('brings back the label server and the old names of slots', () => {
  const samples = [
    gauge('pg_settings_jit', 'Jit.')(1),
    gauge('pg_stat_activity_count', 'Count.', ['state'])({ state: 'idle' }, 4),
    gauge('pg_replication_slots_slot_is_active', 'Active.', ['slot_name'])({ slot_name: 's' }, 1),
    gauge('pg_replication_slots_active', 'Active.', ['slot_name'])({ slot_name: 's' }, 1),
    gauge('pg_stat_database_numbackends', 'Backends.', ['datname'])({ datname: 'd' }, 2),
    gauge('pgfleet_collector_success', 'Success.', ['collector'])({ collector: 'locks' }, 1),
  ];

  const { text, duplicates } = render(withLegacyNames(samples, 'db1:5432'), 'text');

  expect(duplicates).toBe(0);
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'pg_settings_jit{server="db1:5432"} 1',
    'pg_stat_activity_count{state="idle",server="db1:5432"} 4',
    'pg_replication_slots_slot_is_active{slot_name="s"} 1',
    'pg_replication_slot_slot_is_active{slot_name="s"} 1',
    'pg_replication_slots_active{slot_name="s",server="db1:5432"} 1',
    'pg_stat_database_numbackends{datname="d"} 2',
    'pgfleet_collector_success{collector="locks"} 1',
    'pg_scrape_collector_success{collector="locks"} 1',
  ]);
});

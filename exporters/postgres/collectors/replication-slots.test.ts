import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './replication-slots.ts';

const slot = {
  slot_name: 'standby',
  slot_type: 'physical',
  database: '',
  plugin: null,
  temporary: 'false',
  active: true,
  is_active: true,
  wal_behind: 4096,
  current_lsn: 50_331_648,
  confirmed_lsn: 0,
  retained: 4096,
  unconfirmed: null,
  xmin_age: 12,
  catalog_xmin_age: null,
  safe_size: null,
  wal_status: 'reserved',
  reason: null,
};

it('prints a physical slot', () => {
  const { text } = render(collector.samples([slot]), 'text');

  expect(text).toContain('pg_replication_slots_active{slot_name="standby"} 1\n');
  expect(text).toContain('pg_replication_slots_pg_wal_lsn_diff{slot_name="standby"} 4096\n');
  expect(text).toContain('pg_replication_slots_slot_is_active{slot_name="standby",slot_type="physical"} 1\n');
  expect(text).toContain(
    'pg_replication_slots_wal_status{slot_name="standby",slot_type="physical",wal_status="reserved"} 1\n',
  );
  expect(text).toContain(
    'pgfleet_postgres_replication_slot_info{slot_name="standby",slot_type="physical",temporary="false"} 1\n',
  );
  expect(text).not.toMatch(/safe_wal_size_bytes\{|invalidated\{|unconfirmed_bytes\{/);
});

it('says why a slot is of no use any more', () => {
  const { text } = render(collector.samples([{ ...slot, active: false, reason: 'wal_removed' }]), 'text');

  expect(text).toContain(
    'pgfleet_postgres_replication_slot_invalidated{slot_name="standby",reason="wal_removed"} 1\n',
  );
});

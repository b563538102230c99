import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './slot-decoding.ts';

it('prints what slots decode', () => {
  const row = {
    slot_name: 's',
    spill_txns: 1,
    spill_bytes: 2,
    stream_txns: 0,
    stream_bytes: 0,
    total_txns: 5,
    total_bytes: 9,
  };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pgfleet_postgres_slot_spilled_bytes_total{slot_name="s"} 2\n');
  expect(text).toContain('pgfleet_postgres_slot_decoded_transactions_total{slot_name="s"} 5\n');
});

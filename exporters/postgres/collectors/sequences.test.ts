import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './sequences.ts';

it('names the sequences that are most used up', () => {
  const rows = [
    {
      datname: 'shop',
      schemaname: 'public',
      sequencename: 'orders_id_seq',
      used: 0.93,
      sequences: null,
      hidden: null,
    },
    { datname: 'shop', schemaname: null, sequencename: null, used: null, sequences: 12, hidden: 2 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain(
    'pgfleet_postgres_sequence_used_ratio{datname="shop",schemaname="public",sequencename="orders_id_seq"} 0.93\n',
  );
  expect(text).toContain('pgfleet_postgres_sequences{datname="shop"} 12\n');
  expect(text).toContain('pgfleet_postgres_sequences_hidden{datname="shop"} 2\n');
});

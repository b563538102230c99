import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './subscription-tables.ts';

it('prints tables by state', () => {
  const rows = [
    { datname: 'shop', subname: 'copy', state: 'ready', tables: 4 },
    { datname: 'shop', subname: 'copy', state: 'copying', tables: 1 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain(
    'pgfleet_postgres_subscription_tables{datname="shop",subname="copy",state="ready"} 4\n',
  );
  expect(text).toContain(
    'pgfleet_postgres_subscription_tables{datname="shop",subname="copy",state="copying"} 1\n',
  );
});

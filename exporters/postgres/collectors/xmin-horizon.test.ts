import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './xmin-horizon.ts';

it('has a series for each kind of holder that exists', () => {
  const rows = [
    { holder: 'slot', xmin_age: 5_000_000 },
    { holder: 'standby', xmin_age: null },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pgfleet_postgres_xmin_age{holder="slot"} 5000000\n');
  expect(text).not.toContain('standby');
});

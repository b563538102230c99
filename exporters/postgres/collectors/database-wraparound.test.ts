import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './database-wraparound.ts';

it('keeps the names of the peers', () => {
  const { text } = render(collector.samples([{ datname: 'shop', xids: 123, mxids: 4 }]), 'text');

  expect(text).toContain('pg_database_wraparound_age_datfrozenxid_seconds{datname="shop"} 123\n');
  expect(text).toContain('pg_database_wraparound_age_datminmxid_seconds{datname="shop"} 4\n');
});

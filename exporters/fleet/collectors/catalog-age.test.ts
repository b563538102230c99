import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { fleetInput } from '../../../test/support/fleet-input.ts';
import { collector } from './catalog-age.ts';

it('tells the age of each catalog file', () => {
  const catalogs = [
    { catalog: 'postgresql', ageSeconds: 86_400 },
    { catalog: 'os', ageSeconds: 0 },
  ];

  const { text } = render(collector.samples(fleetInput({ catalogs })), 'text');

  expect(text).toContain('pgfleet_catalog_age_seconds{catalog="postgresql"} 86400\n');
  expect(text).toContain('pgfleet_catalog_age_seconds{catalog="os"} 0\n');
});

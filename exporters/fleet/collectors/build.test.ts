import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { fleetInput } from '../../../test/support/fleet-input.ts';
import { collector } from './build.ts';

it('says which version runs', () => {
  expect(render(collector.samples(fleetInput({ version: '1.2.3' })), 'text').text).toContain(
    'pgfleet_build_info{version="1.2.3"} 1\n',
  );
});

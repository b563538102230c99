import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './xlog-location.ts';

it('prints the position', () => {
  expect(render(collector.samples([{ bytes: 4096 }]), 'text').text).toContain(
    'pg_xlog_location_bytes 4096\n',
  );
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './config-files.ts';

it('prints the number of lines with an error, also when it is 0', () => {
  expect(render(collector.samples([{ errors: 0 }]), 'text').text).toContain(
    'pgfleet_postgres_config_file_errors 0\n',
  );
  expect(render(collector.samples([{ errors: 2 }]), 'text').text).toContain(
    'pgfleet_postgres_config_file_errors 2\n',
  );
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './support.ts';

function textFor(version: string): string {
  return render(collector.samples([{ version }]), 'text').text;
}

it('knows the last day of a major and how many minors are missing', () => {
  const text = textFor('10.20 (Debian 10.20-1.pgdg)');

  expect(text).toContain('pgfleet_postgres_support_known 1\n');
  expect(text).toContain(`pgfleet_postgres_eol_timestamp_seconds ${Date.UTC(2022, 10, 10) / 1000}\n`);
  expect(text).toContain('pgfleet_postgres_minor_releases_behind 3\n');
});

it.each(['99.1', '19beta1', 'something else'])('says nothing but that it does not know %s', (version) => {
  const text = textFor(version);

  expect(text).toContain('pgfleet_postgres_support_known 0\n');
  expect(text).not.toContain('pgfleet_postgres_eol_timestamp_seconds ');
  expect(text).not.toContain('pgfleet_postgres_minor_releases_behind ');
});

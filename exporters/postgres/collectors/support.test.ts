import { expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import { render } from '../../../lib/exposition.ts';
import type { ServerFacts } from '../facts.ts';
import { collector } from './support.ts';

const catalog = loadCatalog();
const { checked_on: checked } = catalog.postgresql;
const DAY = 86_400_000;

function textFor(version: string, now = checked, service: string | null = null): string {
  return render(collector.samples([{ version, service }], {} as ServerFacts, { catalog, now }), 'text').text;
}

it('says that nothing is missing only while no newer release can have come', () => {
  const latest = catalog.postgresql.majors['17']?.latest_minor ?? '';

  expect(textFor(latest)).toContain('pgfleet_postgres_minor_releases_behind 0\n');
  expect(textFor(latest, checked + 100 * DAY)).not.toContain('pgfleet_postgres_minor_releases_behind ');
  expect(textFor('17.4', checked + 100 * DAY)).toMatch(/pgfleet_postgres_minor_releases_behind [1-9]/);
});

it('knows that a provider supports it longer than the community', () => {
  const after = Date.UTC(2026, 10, 28);

  expect(textFor('14.20', after, 'amazon-rds-postgresql')).toContain(
    `pgfleet_postgres_eol_timestamp_seconds ${Date.UTC(2027, 1, 28) / 1000}\n`,
  );
  expect(textFor('14.20', after)).toContain(
    `pgfleet_postgres_eol_timestamp_seconds ${Date.UTC(2026, 10, 12) / 1000}\n`,
  );
});

it('does not call a version supported by facts that nobody checked for long, and still names a past end', () => {
  const late = checked + 401 * DAY;

  expect(textFor('18.1', late)).toContain('pgfleet_postgres_support_known 0\n');
  expect(textFor('18.1', late)).not.toContain('pgfleet_postgres_eol_timestamp_seconds ');
  expect(textFor('14.1', late)).toContain('pgfleet_postgres_support_known 1\n');
  expect(textFor('14.1', late)).toContain('pgfleet_postgres_eol_timestamp_seconds ');
});

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

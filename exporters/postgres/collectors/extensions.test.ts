import { expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import { render } from '../../../lib/exposition.ts';
import type { ServerFacts } from '../facts.ts';
import { collector } from './extensions.ts';

it('tells which extensions wait for an update', () => {
  const rows = [
    { datname: 'shop', extension: 'postgis', version: '3.2', available: '3.4' },
    { datname: 'shop', extension: 'plpgsql', version: '1.0', available: '1.0' },
    { datname: 'shop', extension: 'lost', version: '1.0', available: null },
  ];

  const { text } = render(
    collector.samples(rows, {} as ServerFacts, { catalog: loadCatalog(), now: 0 }),
    'text',
  );

  expect(text).toContain(
    'pgfleet_postgres_extension_info{datname="shop",extension="postgis",version="3.2",available="3.4"} 1\n',
  );
  expect(text).toContain('pgfleet_postgres_extension_outdated{datname="shop",extension="postgis"} 1\n');
  expect(text).toContain('pgfleet_postgres_extension_outdated{datname="shop",extension="plpgsql"} 0\n');
  expect(text).not.toContain('outdated{datname="shop",extension="lost"}');
  expect(text).toContain(
    `pgfleet_postgres_extension_superseded_timestamp_seconds{datname="shop",extension="postgis"} ${Date.UTC(2022, 7, 26) / 1000}\n`,
  );
  expect(text).not.toContain('superseded_timestamp_seconds{datname="shop",extension="plpgsql"}');
});

import { expect, it } from 'vitest';
import { render } from '../../lib/exposition.ts';
import { foreignFacts } from './facts.ts';
import { PostgresFailure } from './failure.ts';
import { outcomeSamples } from './self-metrics.ts';

function textOf(outcome: Parameters<typeof outcomeSamples>[0]): string {
  return render(outcomeSamples(outcome), 'text').text;
}

it('tells a server that is up', () => {
  const facts = foreignFacts('PostgreSQL 15.18', 150_018, 'db1:5432');

  const text = textOf({ up: true, failure: undefined, facts, scrapes: 3 });

  expect(text).toContain('pg_up 1\n');
  expect(text).toContain(
    'pg_static{server="db1:5432",short_version="15.18.0",version="PostgreSQL 15.18"} 1\n',
  );
  expect(text).toContain('pg_exporter_last_scrape_error 0\n');
  expect(text).toContain('pg_exporter_scrapes_total 3\n');
  expect(text).not.toContain('pgfleet_postgres_error');
});

it('tells why a server is down, and nothing of what it was before', () => {
  const facts = foreignFacts('PostgreSQL 15.18', 150_018, 'db1:5432');
  const failure = new PostgresFailure('too_many_connections', 'sorry, too many clients already');

  const text = textOf({ up: false, failure, facts });

  expect(text).toContain('pg_up 0\n');
  expect(text).toContain('pgfleet_postgres_error{reason="too_many_connections"} 1\n');
  expect(text).toContain('pg_exporter_last_scrape_error 1\n');
  expect(text).not.toContain('pg_static');
});

it('names another product instead of a version of PostgreSQL', () => {
  const facts = foreignFacts('(openGauss 5.0.0)', 90_204, 'db1:5432');

  const text = textOf({ up: true, failure: undefined, facts });

  expect(text).toContain('pgfleet_postgres_unsupported{kind="opengauss",version="9.2.4"} 1\n');
  expect(text).not.toContain('pg_static');
});

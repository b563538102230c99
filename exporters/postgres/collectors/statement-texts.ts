/**
 * Source: pg_stat_statements, https://www.postgresql.org/docs/current/pgstatstatements.html
 * Shape:  one row per queryid among the most expensive, with its text cut to 1,000 characters
 * Units:  always 1, as the peer has it
 * Needs:  the extension in the connected database, and pg_monitor (or pg_read_all_stats) for the queries of others
 * Cost:   the server reads its file of texts once in ten minutes
 * Absent when: not enabled, for texts may hold names and values that are nobody's business; statements that speak of a
 *         password never show. Twice as many as have series, so that those that come and go have their texts
 */
import { counter } from '../../../lib/metric.ts';
import { type ServerFacts, schemaOf } from '../facts.ts';
import type { Limits, PostgresCollector } from '../postgres-collector.ts';
import { textOf } from '../rows.ts';
import { STATEMENTS_EXTENSION, statementRank } from './statements.ts';

const text = counter('pg_stat_statements_query_id', 'SQL Query to queryid mapping.', ['queryid', 'query']);

export const collector = {
  name: 'statement_texts',
  help: 'The texts of the most expensive queries, once per queryid, at /statements/postgres instead of in the scrape.',
  enabledByDefault: false,
  aside: true,
  scope: 'instance',
  metrics: [text],
  needs: { extension: STATEMENTS_EXTENSION },
  ttlSeconds: 600,
  timeoutSeconds: 10,
  queries: [{ sql }],
  *samples(rows) {
    for (const row of rows) yield text({ queryid: textOf(row, 'queryid'), query: textOf(row, 'query') }, 1);
  },
} satisfies PostgresCollector;

function sql(facts: ServerFacts, { statements }: Limits): string {
  const { columns, order } = statementRank(facts, statements * 2);
  const schema = schemaOf(facts, STATEMENTS_EXTENSION);
  return `with statements as (
  select userid, dbid, queryid, ${columns}
  from ${schema}.pg_stat_statements(false)
  where queryid is not null
  group by userid, dbid, queryid
), ranked as (
  select queryid, ${order} as chosen
  from statements
)
select queryid::text as queryid, left(min(query), 1000) as query
from ${schema}.pg_stat_statements(true)
where queryid in (select queryid from ranked where chosen) and query is not null and query !~* 'password'
group by queryid`;
}

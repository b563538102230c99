/**
 * Source: pg_stat_statements, https://www.postgresql.org/docs/current/pgstatstatements.html
 * Shape:  one row per user, database and query among the most expensive by time, calls, blocks and temporary blocks;
 *         one more without user and datname, queryid "other", for the sums of the rest
 * Units:  calls; rows; blocks; bytes; milliseconds -> seconds
 * Needs:  the extension in the connected database, and pg_monitor (or pg_read_all_stats) for the queries of others
 * Cost:   reads all entries (at most pg_stat_statements.max) without their texts, once a minute
 * Absent when: the extension is not there; columns that came with later versions of the extension
 */
import { counter, gauge } from '../../../lib/metric.ts';
import { type ServerFacts, schemaOf } from '../facts.ts';
import type { Limits, PostgresCollector } from '../postgres-collector.ts';
import { columnSamples, singleRowSamples } from '../rows.ts';
import { amongFirst, heldBy } from '../top-tables.ts';

export const STATEMENTS_EXTENSION = 'pg_stat_statements';
const LABELS = ['user', 'datname', 'queryid'] as const;
const count = (name: string, help: string) => counter(name, help, LABELS);

const metrics = {
  calls: count('pg_stat_statements_calls_total', 'Number of times executed.'),
  exec_seconds: count('pg_stat_statements_seconds_total', 'Total time spent in the statement, in seconds.'),
  rows: count(
    'pg_stat_statements_rows_total',
    'Total number of rows retrieved or affected by the statement.',
  ),
  read_seconds: count(
    'pg_stat_statements_block_read_seconds_total',
    'Total time the statement spent reading blocks, in seconds.',
  ),
  write_seconds: count(
    'pg_stat_statements_block_write_seconds_total',
    'Total time the statement spent writing blocks, in seconds.',
  ),
  shared_blks_hit: count(
    'pgfleet_postgres_statement_shared_blocks_hit_total',
    'Blocks the statement found in shared buffers.',
  ),
  shared_blks_read: count(
    'pgfleet_postgres_statement_shared_blocks_read_total',
    'Blocks the statement read into shared buffers.',
  ),
  shared_blks_dirtied: count(
    'pgfleet_postgres_statement_shared_blocks_dirtied_total',
    'Blocks in shared buffers that the statement dirtied.',
  ),
  shared_blks_written: count(
    'pgfleet_postgres_statement_shared_blocks_written_total',
    'Blocks of shared buffers that the statement had to write itself.',
  ),
  temp_blks_read: count(
    'pgfleet_postgres_statement_temp_blocks_read_total',
    'Blocks the statement read from temporary files.',
  ),
  temp_blks_written: count(
    'pgfleet_postgres_statement_temp_blocks_written_total',
    'Blocks the statement wrote to temporary files.',
  ),
  plan_seconds: count(
    'pgfleet_postgres_statement_plan_seconds_total',
    'Time spent planning the statement, where pg_stat_statements.track_planning is on.',
  ),
  wal_bytes: count('pgfleet_postgres_statement_wal_bytes_total', 'WAL the statement generated.'),
  jit_seconds: count(
    'pgfleet_postgres_statement_jit_seconds_total',
    'Time spent compiling the statement just in time.',
  ),
};

const totals = {
  entries: gauge('pgfleet_postgres_statements', 'Entries of pg_stat_statements.'),
  dealloc: counter(
    'pgfleet_postgres_statements_evictions_total',
    'Times pg_stat_statements dropped the least executed entries because there were too many.',
  ),
};

/** A version that has all columns. */
const NEWEST = 112;

/** SQL by column, for a version of the extension as major.minor without the dot: 1.10 is 110. */
function columnsOf(version: number): Readonly<Record<string, string>> {
  const read = version >= 111 ? 'shared_blk_read_time' : 'blk_read_time';
  const write = version >= 111 ? 'shared_blk_write_time' : 'blk_write_time';
  const jit = ['generation', 'inlining', 'optimization', 'emission'].map((part) => `jit_${part}_time`);
  return {
    calls: 'calls',
    exec_seconds: `${version >= 108 ? 'total_exec_time' : 'total_time'} / 1000`,
    rows: 'rows',
    read_seconds: `${read} / 1000`,
    write_seconds: `${write} / 1000`,
    shared_blks_hit: 'shared_blks_hit',
    shared_blks_read: 'shared_blks_read',
    shared_blks_dirtied: 'shared_blks_dirtied',
    shared_blks_written: 'shared_blks_written',
    temp_blks_read: 'temp_blks_read',
    temp_blks_written: 'temp_blks_written',
    ...(version >= 108 ? { plan_seconds: 'total_plan_time / 1000', wal_bytes: 'wal_bytes' } : {}),
    ...(version >= 110 ? { jit_seconds: `(${jit.join(' + ')}) / 1000` } : {}),
  };
}

const MEASURES = ['exec_seconds', 'calls', 'shared_blks_read + shared_blks_written', 'temp_blks_written'];

const ID = "concat_ws('.', queryid, dbid, userid)";

/** The extension keeps its own version over an upgrade of the server. */
function versionOf(facts: ServerFacts): number {
  const [major = '1', minor = '0'] = (facts.extensions.get(STATEMENTS_EXTENSION)?.version ?? '').split('.');
  return Number(major) * 100 + Number(minor);
}

/** SQL for the sums by statement, and for whether one is among the first by any measure; `held` of them stay. */
export function statementRank(facts: ServerFacts, most: number, held = heldBy(ID, 'text', [])) {
  const sums = Object.entries(columnsOf(versionOf(facts))).map(
    ([name, column]) => `sum(${column}) as ${name}`,
  );
  return {
    columns: sums.join(',\n    '),
    order: amongFirst(most, MEASURES, 'queryid, dbid, userid', held),
  };
}

function sql(facts: ServerFacts, { statements }: Limits, before: readonly string[]): string {
  const version = versionOf(facts);
  const schema = schemaOf(facts, STATEMENTS_EXTENSION);
  const names = Object.keys(columnsOf(version));
  const evictions = version >= 109 ? `(select dealloc from ${schema}.pg_stat_statements_info)` : 'null::int8';
  const { columns, order } = statementRank(facts, statements, heldBy(ID, 'text', before));
  return `with statements as (
  select userid, dbid, queryid, ${columns}
  from ${schema}.pg_stat_statements(false)
  group by userid, dbid, queryid
), ranked as (
  select *, queryid is not null and ${order} as chosen
  from statements
)
select ${ID} as id, rolname as user, datname, queryid::text as queryid, null::int8 as entries, null::int8 as dealloc,
  ${names.join(', ')}
from ranked left join pg_roles on pg_roles.oid = userid left join pg_database on pg_database.oid = dbid
where chosen
union all
select null, null, null, 'other', count(*), ${evictions},
  ${names.map((name) => `sum(${name}) filter (where not chosen)`).join(', ')}
from ranked`;
}

export const collector = {
  name: 'statements',
  help: 'Calls, time, rows and blocks of the most expensive queries, and the sum of the rest.',
  scope: 'instance',
  metrics: [...Object.values(metrics), ...Object.values(totals)],
  needs: { extension: STATEMENTS_EXTENSION },
  ttlSeconds: 60,
  timeoutSeconds: 5,
  remainder: Object.keys(columnsOf(NEWEST)),
  queries: [{ sql }],
  *samples(rows) {
    yield* columnSamples(rows, metrics, LABELS);
    yield* singleRowSamples(
      rows.filter((row) => row['entries'] !== null),
      totals,
    );
  },
} satisfies PostgresCollector;

/**
 * Source: pg_sequence, pg_sequence_last_value(), https://www.postgresql.org/docs/current/view-pg-sequences.html
 * Shape:  one row per sequence among the 25 most used up of a database, and one for the database
 * Units:  share of the values that are used up, 0 to 1; sequences
 * Needs:  SELECT or USAGE on the sequences (pg_read_all_data has it from 14 on)
 * Cost:   reads one row of every sequence, every 10 minutes
 * Absent when: PostgreSQL 9.6; sequences that were never used, that cycle, or that are hidden from the user
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['datname', 'schemaname', 'sequencename'] as const;
const NAMED = 25;

const used = gauge(
  'pgfleet_postgres_sequence_used_ratio',
  'Share of its values that the sequence has given out, of the smaller range of sequence and column it belongs to.',
  LABELS,
);
const totals = {
  sequences: gauge('pgfleet_postgres_sequences', 'Sequences in the database.', ['datname']),
  hidden: gauge(
    'pgfleet_postgres_sequences_hidden',
    'Sequences whose value the monitoring user may not read.',
    ['datname'],
  ),
};

/** An identity or serial column of type integer ends before its bigint sequence does. */
const COLUMN_MAX = "case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end";

const SQL = `with sequences as (
  select n.nspname as schemaname, c.relname as sequencename, c.oid, s.seqstart, s.seqincrement, s.seqcycle,
    s.seqmin, least(s.seqmax, ${COLUMN_MAX}) as seqmax,
    has_sequence_privilege(c.oid, 'select, usage') as readable
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
    and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
  left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where c.relpersistence <> 't'
), used as (
  select *, case when readable and not seqcycle then (
    select case when seqincrement > 0
      then (last_value - seqmin + 1)::float8 / nullif(seqmax::float8 - seqmin + 1, 0)
      else (seqmax - last_value + 1)::float8 / nullif(seqmax::float8 - seqmin + 1, 0) end
    from (select pg_sequence_last_value(oid) as last_value offset 0) as v) end as ratio
  from sequences
)
select current_database() as datname, schemaname, sequencename, ratio as used, null::int8 as sequences,
  null::int8 as hidden
from (select * from used where ratio is not null order by ratio desc, oid limit ${NAMED}) as most
union all
select current_database(), null, null, null, count(*), count(*) filter (where not readable) from used`;

export const collector = {
  name: 'sequences',
  help: 'Sequences that run out of values.',
  scope: 'database',
  metrics: [used, ...Object.values(totals)],
  ttlSeconds: 600,
  timeoutSeconds: 10,
  seriesLimit: 50_000,
  queries: [{ minVersion: 100_000, sql: SQL }],
  *samples(rows) {
    yield* columnSamples(rows, { used }, LABELS);
    yield* columnSamples(
      rows.filter((row) => row['sequences'] !== null),
      totals,
      ['datname'],
    );
  },
} satisfies PostgresCollector;

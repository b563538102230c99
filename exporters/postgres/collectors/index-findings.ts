/**
 * Source: pg_index, pg_constraint, pg_stat_get_numscans(), https://www.postgresql.org/docs/current/catalog-pg-index.html
 * Shape:  one row per finding: the number of indexes, and the largest of them by name
 * Units:  indexes; bytes (page count of pg_class)
 * Needs:  nothing   Cost: reads the catalog of indexes, every 10 minutes
 * Absent when: an index has no finding; the counts are 0 then
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';
import { USER_TABLES } from '../top-tables.ts';

const BY_FINDING = ['datname', 'finding'] as const;
const BY_INDEX = ['datname', 'schemaname', 'relname', 'indexrelname', 'finding'] as const;
/** Named per finding and database; the counts have them all. */
const NAMED = 25;

const count = gauge(
  'pgfleet_postgres_index_findings',
  'Indexes with a finding: invalid (cannot be used), unused (never scanned here, enforces nothing), duplicate (same as another).',
  BY_FINDING,
);
const bytes = gauge(
  'pgfleet_postgres_index_findings_bytes',
  'Size of the indexes with a finding.',
  BY_FINDING,
);
const named = gauge(
  'pgfleet_postgres_index_finding_bytes',
  'Size of an index with a finding; the largest of each finding are named.',
  BY_INDEX,
);

/** A partition's index is never scanned by itself: it counts with its parent, which has no pages. */
const SQL = `with indexes as (
  select i.indexrelid as oid, n.nspname, t.relname, c.relname as indexrelname,
    c.relpages::int8 * current_setting('block_size')::int8 as bytes,
    not (i.indisvalid and i.indisready) as invalid,
    pg_stat_get_numscans(i.indexrelid) = 0 and not i.indisunique and not i.indisprimary and not i.indisexclusion
      and not i.indisreplident
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid) as unused,
    i.indisvalid and row_number() over (
      partition by i.indrelid, i.indisvalid, i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text,
        c.relam, coalesce(i.indpred::text, ''), coalesce(i.indexprs::text, '')
      order by i.indisprimary desc, i.indisunique desc, i.indexrelid) > 1 as duplicate
  from pg_index i join pg_class c on c.oid = i.indexrelid
  join (
    select pg_class.oid, relname, relnamespace from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where ${USER_TABLES}
  ) t on t.oid = i.indrelid
  join pg_namespace n on n.oid = t.relnamespace
  where c.relkind = 'i'
), findings as (
  select f.finding, indexes.*, row_number() over (partition by f.finding order by bytes desc, oid) as place
  from indexes, lateral (values ('invalid', invalid), ('unused', unused), ('duplicate', duplicate)) f(finding, found)
  where f.found
)
select current_database() as datname, finding, nspname as schemaname, relname, indexrelname, bytes as named,
  null::int8 as count, null::int8 as bytes
from findings where place <= ${NAMED}
union all
select current_database(), kinds.finding, null, null, null, null, count(findings.oid), coalesce(sum(findings.bytes), 0)
from (values ('invalid'), ('unused'), ('duplicate')) kinds(finding) left join findings using (finding)
group by kinds.finding`;

export const collector = {
  name: 'index_findings',
  help: 'Indexes that are broken, never used, or there twice.',
  scope: 'database',
  metrics: [count, bytes, named],
  ttlSeconds: 600,
  timeoutSeconds: 10,
  seriesLimit: 50_000,
  queries: [{ sql: SQL }],
  *samples(rows) {
    const counts = rows.filter((row) => row['count'] !== null);
    yield* columnSamples(counts, { count, bytes }, BY_FINDING);
    yield* columnSamples(
      rows.filter((row) => row['count'] === null),
      { named },
      BY_INDEX,
    );
  },
} satisfies PostgresCollector;

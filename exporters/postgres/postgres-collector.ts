import type { Catalog } from '../../catalog/catalog.ts';
import type { CollectorDeclaration } from '../../lib/collector.ts';
import type { Sample } from '../../lib/metric.ts';
import type { ServerFacts } from './facts.ts';
import type { Row } from './rows.ts';

/** A collector of PostgreSQL: SQL by server version, and a pure function from its rows to samples. */
export interface PostgresCollector extends CollectorDeclaration {
  /** `instance`: once per server. `database`: in every database that is included. */
  readonly scope: 'instance' | 'database';
  /** Of the database scope: only databases with one of these names, with * as wildcard. Default: all that are visited. */
  readonly databases?: readonly string[];
  /** Written by people of the site: names without a schema are looked up as in their own sessions. */
  readonly userSql?: boolean;
  /** Served at `/statements/postgres` and not in the scrape. */
  readonly aside?: boolean;
  /** What the server must offer; otherwise the collector is skipped, with the reason. */
  readonly needs?: Needs;
  /**
   * For collectors that give series to some objects and sum up the rest: columns of the sums that are counters. Their
   * rows have a column `id`, which is NULL in the row of the rest; see remainder.ts.
   */
  readonly remainder?: readonly string[];
  /** The variant with the highest `minVersion` that the server reaches is used. */
  readonly queries: readonly SqlVariant[];
  /** Rows of the chosen variant to samples. No clock, no IO: times come from the server, or are given. */
  samples(rows: readonly Row[], facts: ServerFacts, knowledge: Knowledge): Iterable<Sample>;
}

/** What rows can be held against: the dated facts about versions, and the moment. */
export interface Knowledge {
  readonly catalog: Catalog;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** All of what is given must hold. */
export interface Needs {
  readonly role?: 'primary' | 'standby';
  /** An extension of the connected database. */
  readonly extension?: string;
  /** Membership in a predefined role; a superuser is a member of all. */
  readonly memberOf?: string;
  /** A function we must be allowed to call, as `pg_ls_waldir()`. */
  readonly execute?: string;
  /** A relation of pg_catalog we must be allowed to read, as `pg_hba_file_rules`. */
  readonly select?: string;
}

/**
 * SQL for a range of server versions. Cast what is not a number to text, times to
 * `extract(epoch from …)::float8`; name every column; no `select *`.
 */
export interface SqlVariant {
  /** Inclusive, as server_version_num: 90600, 100000, 180000. Default: any. */
  readonly minVersion?: number;
  /** Exclusive. */
  readonly maxVersion?: number;
  /**
   * A function where the SQL names objects of an extension (their schema is a fact of the server), a limit, or the ids
   * that had series of their own last time.
   */
  readonly sql: string | ((facts: ServerFacts, limits: Limits, before: readonly string[]) => string);
}

/** How many objects have series of their own; the rest is summed up as "other". */
export interface Limits {
  /** Tables per database. */
  readonly tables: number;
  /** Indexes per database. */
  readonly indexes: number;
  /** Statements per server. */
  readonly statements: number;
}

import { gauge } from '../../../lib/metric.ts';
import type { ConsoleCollector } from './console-collector.ts';
import { collector as databases } from './databases.ts';
import { collector as limits } from './limits.ts';
import { collector as lists } from './lists.ts';
import { collector as pools } from './pools.ts';
import { collector as stats } from './stats.ts';

/** The console has a handful of commands and no privileges of its own: all of them, in this order. */
export const CONSOLE_COLLECTORS: readonly ConsoleCollector[] = [stats, pools, databases, lists, limits];

export const pgbouncerUp = gauge('pgbouncer_up', 'Whether the admin console answered in this scrape.');
export const pgbouncerVersion = gauge('pgbouncer_version_info', 'Version of the PgBouncer.', ['version']);

/** Families that say whether a PgBouncer was observed, whatever its collectors give. */
export const CONSOLE_SELF_METRICS = [pgbouncerUp, pgbouncerVersion] as const;

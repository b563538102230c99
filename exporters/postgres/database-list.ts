import type { PostgresTarget } from './config.ts';
import { type Row, textOf } from './rows.ts';

/** Databases that accept connections from us, with what decides whether they are visited. */
export const DATABASES_SQL = `select datname, datistemplate as template
from pg_database
where datallowconn and datconnlimit <> -2 and has_database_privilege(oid, 'connect')`;

/** Databases that belong to the operator of a cloud service and refuse everybody else. */
const OPERATOR_DATABASES: readonly string[] = ['rdsadmin', 'cloudsqladmin', 'azure_maintenance', 'azure_sys'];

/** Names of the databases to visit: those included (default: all but templates), less those excluded. */
export function chooseDatabases(
  rows: readonly Row[],
  choice: PostgresTarget['databases'],
): readonly string[] {
  const names: string[] = [];
  for (const row of rows) {
    const name = textOf(row, 'datname');
    const listed = matchesAny(name, choice.include);
    const usual =
      choice.include.length === 0 && row['template'] !== true && !OPERATOR_DATABASES.includes(name);
    if ((listed || usual) && !matchesAny(name, choice.exclude)) names.push(name);
  }
  return names;
}

/** Whether a name is one of those, which may have * as wildcard. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => wildcard(pattern).test(name));
}

/** `*` stands for any text, everything else for itself. */
function wildcard(text: string): RegExp {
  const escaped = text.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's');
}

import type { ServerFacts } from './facts.ts';

const MONITOR = 'pg_monitor';
/** What membership in pg_monitor brings along. */
const PART_OF_MONITOR =
  /^(member pg_(read_all_settings|read_all_stats|stat_scan_tables)|execute pg_ls_\w+\(\))$/;

/**
 * The statements, to be run by a superuser, that give a server's monitoring user what it lacks of the
 * wanted privileges (as `privilegesOf` names them). Empty when nothing is missing.
 */
export function grantSql(facts: ServerFacts, wanted: Iterable<string>): readonly string[] {
  if (facts.superuser) return [];
  const user = quoteIdentifier(facts.user);
  const missing = [...new Set(wanted)].filter((name) => !facts.privileges.has(name)).sort();
  const hasAll = missing.includes(`member ${MONITOR}`) && facts.version >= 100_000;
  return missing.flatMap((name) => {
    if (hasAll && PART_OF_MONITOR.test(name)) return [];
    const [kind = '', object = ''] = splitOnce(name);
    // Predefined roles for monitoring came with 10; before, only superusers see what they open up.
    if (kind === 'member') return facts.version >= 100_000 ? [`grant ${object} to ${user};`] : [];
    if (kind === 'execute') return [`grant execute on function pg_catalog.${object} to ${user};`];
    return [`grant select on pg_catalog.${object} to ${user};`];
  });
}

/** SQL that makes the monitoring user, for a server where it does not exist yet. The password stays a placeholder. */
export function createUserSql(user: string, version: number): readonly string[] {
  const role = quoteIdentifier(user);
  const create = `create role ${role} login password '...' connection limit 5;`;
  return version >= 100_000 ? [create, `grant pg_monitor to ${role};`] : [create];
}

function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function splitOnce(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

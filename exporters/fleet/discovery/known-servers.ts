/**
 * Source: pg_control_system(), pg_is_in_recovery(), server_version_num of every registered server
 * Shape:  one row: the identity that joins what the other techniques see
 * Needs:  a login; any role may call these (9.6+)
 * Absent when: no server is registered, or it does not answer: that is a gap; one that refuses us runs
 */
import { askServers, text } from '../edges.ts';
import type { Technique } from '../technique.ts';

const SQL = `select system_identifier::text as system_identifier,
    case when pg_catalog.pg_is_in_recovery() then 'standby' else 'primary' end as role,
    pg_catalog.current_setting('server_version_num') as version
  from pg_catalog.pg_control_system()`;

export const technique = {
  name: 'known-servers',
  help: 'Registered servers that answer, with their identity and role.',
  discover: (context) =>
    askServers(
      {
        sql: SQL,
        sightings: ({ system_identifier: identifier, role, version }, { name, place }) => {
          const major = majorOf(Number(version));
          return [
            {
              kind: 'postgresql',
              state: 'running',
              places: [place],
              systemIdentifier: text(identifier),
              majors: { from: major, to: major },
              role: role === 'standby' ? 'standby' : 'primary',
              server: name,
              details: {},
            },
          ];
        },
        refused: ({ name, place }) => [
          { kind: 'pgwire', state: 'running', places: [place], server: name, details: {} },
        ],
      },
      context,
    ),
} satisfies Technique;

/** 150018 -> 15, 90624 -> 9.6 */
function majorOf(version: number): number {
  const first = Math.floor(version / 10_000);
  return first >= 10 ? first : first + (Math.floor(version / 100) % 100) / 10;
}

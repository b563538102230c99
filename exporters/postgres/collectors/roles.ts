/**
 * Source: pg_roles, https://www.postgresql.org/docs/current/view-pg-roles.html
 * Shape:  one row per attribute, and one per role whose password expires
 * Units:  roles; seconds since the epoch
 * Needs:  nothing: password hashes are not read   Cost: reads one small catalog, every 5 minutes
 * Absent when: the times, for roles whose password does not expire; the 100 that expire first are named
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, textOf } from '../rows.ts';

const count = gauge(
  'pgfleet_postgres_login_roles',
  'Roles that may log in, by what they may do beyond that; "all" has every one.',
  ['attribute'],
);
const validUntil = gauge(
  'pgfleet_postgres_role_valid_until_timestamp_seconds',
  'When the password of the role stops being valid.',
  ['rolname'],
);
const encryption = gauge(
  'pgfleet_postgres_password_encryption_info',
  'How the server stores passwords that are set now, always 1; before 14 the default is md5.',
  ['method'],
);

const SQL = `with logins as (select * from pg_roles where rolcanlogin)
select 'attribute' as kind, attribute as name, count(*) filter (where held)::float8 as value
from logins, lateral (values ('all', true), ('superuser', rolsuper), ('createrole', rolcreaterole),
  ('createdb', rolcreatedb), ('replication', rolreplication), ('bypassrls', rolbypassrls)) as a(attribute, held)
group by attribute
union all
(select 'expiry', rolname, extract(epoch from rolvaliduntil)::float8 from logins
where isfinite(rolvaliduntil) order by rolvaliduntil, rolname limit 100)
union all
select 'encryption', case current_setting('password_encryption') when 'on' then 'md5' when 'off' then 'plain'
  else current_setting('password_encryption') end, 1`;

export const collector = {
  name: 'roles',
  help: 'Who may do everything, and whose password expires.',
  scope: 'instance',
  metrics: [count, validUntil, encryption],
  ttlSeconds: 300,
  timeoutSeconds: 5,
  queries: [{ sql: SQL }],
  *samples(rows) {
    for (const row of rows) {
      const [name, value] = [textOf(row, 'name'), numberOf(row, 'value')];
      if (row['kind'] === 'attribute') yield count({ attribute: name }, value);
      else if (row['kind'] === 'expiry') yield validUntil({ rolname: name }, value);
      else yield encryption({ method: name }, value);
    }
  },
} satisfies PostgresCollector;

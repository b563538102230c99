import pg from 'pg';
import type { DemoServer } from './demo-servers.ts';
import type { PostgresServer } from './embedded-postgres.ts';

export interface DemoPasswords {
  readonly superuser: string;
  /** Of the role `pgfleet`, a member of pg_monitor. */
  readonly monitoring: string;
  /** Of the role `app`, which owns the application databases. */
  readonly app: string;
}

/** Makes roles, databases and tables of a primary; what exists stays. */
export async function prepareDemoServer(
  server: PostgresServer,
  { databases }: DemoServer,
  passwords: DemoPasswords,
): Promise<void> {
  const client = await server.connect();
  try {
    await ensureRole(client, 'pgfleet', passwords.monitoring);
    await client.query('grant pg_monitor to pgfleet');
    await ensureRole(client, 'app', passwords.app);
    await client.query('create extension if not exists pg_stat_statements');
    for (const database of databases) {
      const known = await client.query('select from pg_database where datname = $1', [database]);
      if (known.rowCount === 0) {
        await client.query(`create database ${pg.escapeIdentifier(database)} owner app`);
      }
    }
  } finally {
    await client.end();
  }
  for (const database of databases) await fill(server, database, passwords.app);
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const known = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = known.rowCount === 0 ? 'create' : 'alter';
  await client.query(
    `${verb} role ${pg.escapeIdentifier(role)} login password ${pg.escapeLiteral(password)}`,
  );
}

const TABLES = `
create table customer (
  id bigint generated always as identity primary key,
  name text not null,
  email text not null unique,
  created_at timestamptz not null default now()
);
create table purchase (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customer,
  amount numeric(10, 2) not null,
  state text not null default 'open',
  created_at timestamptz not null default now()
);
create index on purchase (customer_id);
create index on purchase (created_at);
insert into customer (name, email)
  select 'Customer ' || n, 'customer' || n || '@shop.example' from generate_series(1, 2000) as n;
insert into purchase (customer_id, amount, state, created_at)
  select 1 + n % 2000, 5 + n % 500, 'paid', now() - n * interval '5 minutes' from generate_series(1, 20000) as n;
`;

async function fill(server: PostgresServer, database: string, password: string): Promise<void> {
  const client = new pg.Client({ ...server.connection(database), user: 'app', password });
  await client.connect();
  try {
    const known = await client.query("select to_regclass('purchase') is not null as there");
    if (known.rows[0]?.there !== true) await client.query(`begin; ${TABLES} commit`);
  } finally {
    await client.end();
  }
}

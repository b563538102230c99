import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './postgres-servers.ts';

const PROCESSES = [
  '812\t26\t/var/lib/pgsql/9.6/data\t/usr/pgsql-9.6/bin/postmaster\t-D\t/var/lib/pgsql/9.6/data/\t',
  // Another user's process: its working directory may not be read.
  '913\t101\t\t/usr/lib/postgresql/15/bin/postgres\t-D\t/var/lib/postgresql/15/main\t-c\tport=5433\t',
  '914\t101\t\tpostgres\t',
].join('\n');
const DIRECTORIES = [
  '/var/lib/pgsql/9.6/data/PG_VERSION\t9.6',
  ...['812', '/var/lib/pgsql/9.6/data', '1700000000', '5444', '/tmp', '*'].map(
    (line) => `/var/lib/pgsql/9.6/data/postmaster.pid\t${line}`,
  ),
  '/var/lib/pgsql/10/data/PG_VERSION\t10',
  // Left behind by a crash: no process has this number.
  '/var/lib/pgsql/10/data/postmaster.pid\t4711',
  '/pgdata/link/PG_VERSION\t9.6',
  '/pgdata/link/postmaster.pid\t812',
].join('\n');

it('finds servers that run, with or without a look at their data, and data without a server', () => {
  expect(
    collect(collector, {
      'postgres-processes': `${PROCESSES}\n`,
      'postgres-directories': `${DIRECTORIES}\n`,
    }),
  ).toEqual([
    'pgfleet_host_postgres_server_running{data_directory="/var/lib/pgsql/9.6/data",version="9.6",port="5444"} 1',
    'pgfleet_host_postgres_server_running{data_directory="/var/lib/postgresql/15/main",version="15",port="5433"} 1',
    'pgfleet_host_postgres_server_running 1',
    'pgfleet_host_postgres_server_running{data_directory="/var/lib/pgsql/10/data",version="10"} 0',
    'pgfleet_host_postgres_servers{state="running"} 3',
    'pgfleet_host_postgres_servers{state="stopped"} 1',
  ]);
});

it('says that there is none only where it could look', () => {
  expect(collect(collector, { 'postgres-processes': '' })).toEqual([
    'pgfleet_host_postgres_servers{state="running"} 0',
    'pgfleet_host_postgres_servers{state="stopped"} 0',
  ]);
  expect(collect(collector, { 'postgres-processes': { status: 'absent' } })).toEqual([]);
});

it('bounds the series of one host', () => {
  const many = Array.from({ length: 300 }, (_, index) => `/pgdata/${index}/PG_VERSION\t12`).join('\n');
  const samples = collect(collector, { 'postgres-processes': '', 'postgres-directories': many });

  expect(samples).toHaveLength(102);
  expect(samples.at(-1)).toBe('pgfleet_host_postgres_servers{state="stopped"} 300');
});

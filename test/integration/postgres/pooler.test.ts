import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Watch, watch } from './scrape.ts';

const server = usePostgres({ major: Math.max(...installedMajors()) });
const sockets: Socket[] = [];
let refused = 0;
let watching: Watch;

/** What pgbouncer answers to start-up options it does not know. */
function refusal(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C08P01', 'Munsupported startup parameter: options', ''];
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** In front of the real server: refuses start-up options as a pooler does, and passes everything else. */
const pooler = createServer((client) => {
  sockets.push(client);
  client.on('error', () => client.destroy());
  client.once('data', (startup) => {
    if (startup.includes('options\0')) {
      refused += 1;
      client.end(refusal());
      return;
    }
    const upstream = connect(server().port, server().host);
    sockets.push(upstream);
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.write(startup);
    client.pipe(upstream).pipe(client);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    pooler.listen(0, '127.0.0.1', resolve);
  });
  const { port } = pooler.address() as { port: number };
  await server().query('create database shop');
  await server().query('create table orders (id int)', [], 'shop');
  watching = await watch({ host: '127.0.0.1', port }, { sslmode: 'disable' });
});
afterAll(async () => {
  await watching.close();
  for (const socket of sockets) socket.destroy();
  pooler.close();
});

it('works through a pooler that takes no start-up options, without leaving settings behind', async () => {
  await watching.probe();
  const scrape = await watching.probe();

  expect(refused).toBe(1);
  expect(scrape.value('pg_up')).toBe(1);
  expect(scrape.failures).toEqual([]);
  expect(scrape.value('pg_stat_user_tables_n_tup_ins', { datname: 'shop', relname: 'orders' })).toBe(0);
  // Settings of the session would be those of the next client of the pooler.
  expect(scrape.value('pg_settings_default_transaction_read_only')).toBe(0);
  const { rows } = await server().query(
    "select state from pg_stat_activity where application_name = 'pgfleet' and state <> 'idle'",
  );
  expect(rows).toEqual([]);
});

it('isolates a statement that fails inside the transaction', async () => {
  const holder = await server().connect();
  await holder.query('begin');
  await holder.query('lock table pg_database in access exclusive mode');

  const scrape = await watching.probe();
  await holder.query('rollback');
  await holder.end();

  expect(scrape.value('pg_up')).toBe(1);
  expect(scrape.failures.length).toBeGreaterThan(0);
  expect(scrape.failures.every((failure) => failure.endsWith(': timeout'))).toBe(true);
  expect((await watching.probe()).failures).toEqual([]);
});

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly password: string;
  readonly readOnly: boolean;
}

const PAUSE_MS = 400;
const RETRY_MS = 3_000;
const KEPT_PURCHASES = 50_000;

/**
 * A few transactions a second, like a quiet shop: lookups, orders, now and then a report or an order that is
 * called off. Ends when the signal aborts; a server that is gone is tried again until it is back.
 */
export async function runLoad(target: LoadTarget, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({
      host: target.host,
      port: target.port,
      database: target.database,
      user: 'app',
      password: target.password,
      application_name: 'shop',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 10_000,
      query_timeout: 15_000,
    });
    // The loss of the connection also fails the running query, which is where we act on it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await work(client, target.readOnly, signal);
    } catch {
      // Outages are what the demo is for: no word here, the alert says it.
      await pause(RETRY_MS, signal);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function work(client: pg.Client, readOnly: boolean, signal: AbortSignal): Promise<void> {
  for (let round = 1; !signal.aborted; round += 1) {
    const customer = 1 + Math.floor(Math.random() * 2000);
    await client.query(LOOKUP, [customer]);
    if (round % 20 === 0) await client.query(REPORT);
    if (!readOnly) await write(client, customer, round);
    await pause(PAUSE_MS * (0.5 + Math.random()), signal);
  }
}

const LOOKUP = `select c.name, p.amount, p.state from customer c join purchase p on p.customer_id = c.id
  where c.id = $1 order by p.created_at desc limit 20`;

const REPORT = `select date_trunc('day', created_at) as day, state, count(*), sum(amount) from purchase
  group by 1, 2 order by 1 desc limit 60`;

async function write(client: pg.Client, customer: number, round: number): Promise<void> {
  await client.query('begin');
  await client.query('insert into purchase (customer_id, amount) values ($1, $2)', [
    customer,
    (5 + Math.random() * 200).toFixed(2),
  ]);
  await client.query("update purchase set state = 'paid' where customer_id = $1 and state = 'open'", [
    customer,
  ]);
  await client.query(round % 15 === 0 ? 'rollback' : 'commit');
  if (round % 500 === 0) {
    await client.query('delete from purchase where id <= (select max(id) from purchase) - $1', [
      KEPT_PURCHASES,
    ]);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

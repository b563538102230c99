import { createServer, type Server } from 'node:http';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSnapshot } from '../../../notifier/alertmanager.ts';
import { Announcer } from '../../../notifier/announce.ts';
import { Audit } from '../../../notifier/audit.ts';
import { ChannelHealth } from '../../../notifier/channel-health.ts';
import { loadChannelTypes } from '../../../notifier/config.ts';
import { duty } from '../../../notifier/duties/reconcile.ts';
import { Incidents } from '../../../notifier/incidents.ts';
import { Ingest } from '../../../notifier/ingest.ts';
import { createMetrics } from '../../../notifier/metrics.ts';
import { Outbox } from '../../../notifier/outbox.ts';
import { makePlan } from '../../../notifier/plan.ts';
import { openStore, type Store, storeFile } from '../../../notifier/store.ts';
import { Troubles } from '../../../notifier/troubles.ts';
import { listen, notifyConfig, snapshot, temporaryFolder } from './harness.ts';

const MINUTE = 60_000;

let folder: { path: string; remove: () => void };
let api: Server;
let active: object[] | undefined;
let store: Store;
let clock: number;

beforeEach(() => {
  folder = temporaryFolder();
  active = [];
  clock = Date.now();
  api = createServer((_request, response) => {
    if (active === undefined) response.writeHead(503).end();
    else response.end(JSON.stringify(active));
  });
});

afterEach(() => {
  store.close();
  api.close();
  folder.remove();
});

/** The duty on a real store, with a clock the test moves. */
async function prepare() {
  const config = await notifyConfig(
    'channels: [ { name: mail, type: email, from: a@b.example, to: [a@b.example], smtp: { host: 127.0.0.1, port: 1 } } ]',
  );
  const plan = makePlan(config, await loadChannelTypes(), 'en');
  const now = () => clock;
  const log = pino({ level: 'silent' });
  store = openStore({ file: storeFile(folder.path), log, now });
  const [outbox, incidents, health] = [new Outbox(store), new Incidents(store), new ChannelHealth(store)];
  const troubles = new Troubles(outbox, health, () => plan);
  const announcer = new Announcer({ store, outbox, troubles, plan: () => plan });
  const ingest = new Ingest({ store, incidents, announcer, now });
  const turn = duty.prepare({
    ...{ store, outbox, incidents, ingest, troubles, now, log, plan: () => plan },
    audit: new Audit(store, now),
    metrics: createMetrics(new Registry()),
    alertmanagerUrl: `http://127.0.0.1:${await listen(api)}`,
    signal: new AbortController().signal,
    onNews: () => undefined,
  });
  const receive = (body: object) =>
    ingest.apply('main', parseSnapshot(JSON.stringify(body), clock), undefined);
  return { turn, receive };
}

const rows = () => store.all<{ kind: string }>('select kind from outbox order by id').map(({ kind }) => kind);

describe('reconciliation', () => {
  it('closes an incident ten minutes after Alertmanager lost it, and says that its end is unknown', async () => {
    const { turn, receive } = await prepare();
    receive(snapshot([{}]));

    await turn();
    clock += 9 * MINUTE;
    await turn();
    expect(rows()).toEqual(['open']);
    clock += MINUTE;
    await turn();

    expect(rows()).toEqual(['open', 'close']);
    expect(store.all('select end_known, closed_at is not null as closed from incident')).toEqual([
      { end_known: 0, closed: 1 },
    ]);
  });

  it('believes nothing while Alertmanager cannot be asked', async () => {
    const { turn, receive } = await prepare();
    receive(snapshot([{}]));
    await turn();
    active = undefined;
    clock += 20 * MINUTE;

    await expect(turn()).rejects.toMatchObject({ code: 'connect' });

    expect(rows()).toEqual(['open']);
  });

  it('leaves an alert open that is only silenced', async () => {
    const { turn, receive } = await prepare();
    const body = snapshot([{}]) as { alerts: { fingerprint: string; labels: object }[] };
    receive(body);
    active = body.alerts.map(({ fingerprint, labels }) => ({
      ...{
        fingerprint,
        labels,
        annotations: {},
        startsAt: '',
        receivers: [],
        status: { state: 'suppressed' },
      },
    }));

    await turn();
    clock += 60 * MINUTE;
    await turn();

    expect(rows()).toEqual(['open']);
  });
});

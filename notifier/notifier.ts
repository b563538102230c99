import type { Router } from 'express';
import type { Registry } from 'prom-client';
import type { Logger } from '../lib/log.ts';
import { loadUnits } from '../lib/units.ts';
import { Announcer } from './announce.ts';
import { Audit } from './audit.ts';
import { ChannelHealth } from './channel-health.ts';
import { loadChannelTypes, type NotifyConfig } from './config.ts';
import { Dispatch } from './dispatch.ts';
import type { Duty } from './duty.ts';
import { Incidents } from './incidents.ts';
import { Ingest } from './ingest.ts';
import type { Language } from './message.ts';
import { createMetrics, registerStoreGauges } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { makePlan, type Plan } from './plan.ts';
import { createReceiver } from './receive.ts';
import { Rota } from './rota.ts';
import { Settlement } from './settle.ts';
import { type NotifierStatus, readStatus } from './status.ts';
import { openStore, storeFile } from './store.ts';
import { Troubles } from './troubles.ts';

export interface NotifierOptions {
  readonly log: Logger;
  readonly now: () => number;
  /** The store lies in `notifier/` below it. */
  readonly dataDir: string;
  /** Language of channels that name none. */
  readonly language: Language;
  /** The first source's Alertmanager, for its API and for links; undefined: no reconciliation. */
  readonly alertmanagerUrl: string | undefined;
  /** Receives the notifier's own metrics. */
  readonly registry: Registry;
}

export interface Notifier {
  /** Alertmanager's webhook; takes alerts in from the moment of creation. */
  readonly router: Router;
  /** Begins to deliver. */
  start(): void;
  /** Takes another configuration between two messages; what waits stays. */
  reload(config: NotifyConfig): void;
  status(): NotifierStatus;
  /** Ends the messages that are being sent, or gives them back after a while, and closes the store. */
  close(): Promise<void>;
}

/** Opens the store and puts the notifier together. Throws PgfleetError `storage` when the store cannot be used. */
export async function createNotifier(config: NotifyConfig, options: NotifierOptions): Promise<Notifier> {
  const { log, now, dataDir, registry, language, alertmanagerUrl } = options;
  const types = await loadChannelTypes();
  const duties = await loadUnits<Duty>(new URL('./duties/', import.meta.url), 'duty');
  let current: Plan = makePlan(config, types, language);
  const plan = () => current;

  const store = openStore({ file: storeFile(dataDir), log, now });
  const outbox = new Outbox(store);
  const incidents = new Incidents(store);
  const health = new ChannelHealth(store);
  const audit = new Audit(store, now);
  const troubles = new Troubles(outbox, health, plan);
  const announcer = new Announcer({ store, outbox, troubles, plan });
  const ingest = new Ingest({ store, incidents, announcer, now });
  const metrics = createMetrics(registry);
  registerStoreGauges(registry, { store, health, incidents, plan, now, log }, metrics);
  const settlement = new Settlement({
    store,
    outbox,
    health,
    troubles,
    audit,
    metrics,
    now,
    random: Math.random,
    log,
  });
  const shared = { store, outbox, incidents, health, settlement, metrics, plan, alertmanagerUrl, now, log };
  const dispatch = new Dispatch(shared);
  const onNews = () => dispatch.wake();
  const stopping = new AbortController();
  let rota: Rota | undefined;

  return {
    router: createReceiver({ ingest, metrics, plan, now, log, onNews }),
    start() {
      const context = { ...shared, ingest, troubles, audit, onNews, signal: stopping.signal };
      rota ??= new Rota(
        duties.map(({ value }) => value),
        context,
      );
      dispatch.start();
    },
    reload(next) {
      current = makePlan(next, types, language);
      health.retryNow();
      dispatch.start();
    },
    status: () => readStatus({ store, health, incidents, plan }),
    async close() {
      stopping.abort();
      await Promise.all([rota?.stop(), dispatch.stop()]);
      store.close();
    },
  };
}

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { errorMessage } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { parseSnapshot, type Snapshot } from './alertmanager.ts';
import type { Ingest } from './ingest.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { Plan } from './plan.ts';

/** A group of 10,000 alerts with long annotations fits; express's own limit of 100 kB loses 200 alerts. */
const BODY_LIMIT = 32 * 1024 * 1024;

const compress = promisify(gzip);

export interface ReceiverParts {
  readonly ingest: Ingest;
  readonly metrics: NotifierMetrics;
  readonly plan: () => Plan;
  readonly now: () => number;
  readonly log: Logger;
  /** Called after each commit that may have queued something. */
  readonly onNews: () => void;
}

/**
 * Alertmanager's webhook: POST /v1/alertmanager/<source>.
 *
 * The answer decides what Alertmanager forgets. 200 means "on disk": it never sends a resolved alert
 * again. 503 makes it retry within seconds. 400 is for what no retry can mend. Never 429: Alertmanager
 * takes it for a permanent refusal and ignores Retry-After.
 */
export function createReceiver(parts: ReceiverParts): Router {
  const router = express.Router();
  router.post(
    '/v1/alertmanager/:source',
    knownSource(parts),
    express.raw({ type: () => true, limit: BODY_LIMIT }),
    takeIn(parts),
    unreadable(parts),
  );
  return router;
}

function knownSource({ plan, log }: ReceiverParts): RequestHandler<{ source: string }> {
  return (request, response, next) => {
    const { source } = request.params;
    const { sources } = plan().config;
    if (sources.includes(source)) {
      next();
      return;
    }
    log.warn({ source: source.slice(0, 100) }, 'webhook of an unknown source');
    response
      .status(404)
      .type('text/plain')
      .send(`Unknown source; notify.sources names: ${sources.join(', ')}\n`);
  };
}

function takeIn(parts: ReceiverParts): RequestHandler<{ source: string }> {
  const { ingest, metrics, now, log, onNews } = parts;
  return async (request, response) => {
    const { source } = request.params;
    const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const snapshot = readBody(body, now());
    if (snapshot instanceof Error) {
      metrics.received.inc({ source, result: 'bad_request' });
      log.warn({ source, err: snapshot }, 'webhook body refused');
      response
        .status(400)
        .type('text/plain')
        .send(`${errorMessage(snapshot)}\n`);
      return;
    }
    const sha256 = createHash('sha256').update(body).digest('hex');
    const gzipped = await compress(body);
    try {
      const { transitions, unrouted } = ingest.apply(source, snapshot, { sha256, gzipped });
      metrics.received.inc({ source, result: 'ok' });
      for (const [transition, count] of Object.entries(transitions)) {
        metrics.transitions.inc({ source, transition }, count);
      }
      metrics.unrouted.inc({ source }, unrouted);
      metrics.unreadable.inc({ source }, snapshot.unreadable);
      metrics.truncated.inc({ source }, snapshot.truncated);
      if (unrouted > 0) log.warn({ source, unrouted }, 'no route sends these alerts to anybody');
      if (snapshot.unreadable > 0) log.warn({ source, unreadable: snapshot.unreadable }, 'alerts skipped');
    } catch (error) {
      metrics.received.inc({ source, result: 'unavailable' });
      metrics.storeErrors.inc();
      log.error({ source, err: error }, 'webhook not stored; Alertmanager will retry');
      response.status(503).type('text/plain').send('The notifier cannot store alerts now; try again.\n');
      return;
    }
    response.status(200).type('text/plain').send('ok\n');
    onNews();
  };
}

function readBody(body: Buffer, now: number): Snapshot | Error {
  try {
    return parseSnapshot(body.toString('utf8'), now);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A body that could not be received: too large, cut off, badly compressed. */
function unreadable({ metrics, log }: ReceiverParts): ErrorRequestHandler {
  return (error, request, response, next) => {
    const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN;
    if (!(status >= 400 && status < 500)) {
      next(error);
      return;
    }
    const source = String(request.params['source']);
    metrics.received.inc({ source, result: 'bad_request' });
    log.warn({ source, reason: errorMessage(error) }, 'webhook body not received');
    const advice = status === 413 ? `; the limit is ${BODY_LIMIT} bytes, set max_alerts in Alertmanager` : '';
    response
      .status(status)
      .type('text/plain')
      .send(`${errorMessage(error)}${advice}\n`);
  };
}

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import { PgfleetError } from './errors.ts';
import type { Exporter } from './exporter.ts';
import { CONTENT_TYPES, negotiate, renderScrape } from './exposition.ts';
import type { Sample } from './metric.ts';

const compress = promisify(gzip);

const DEFAULT_TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 300;
/** Time kept for rendering and the way back, so that the answer arrives before Prometheus gives up. */
const MARGIN_SECONDS = 0.5;
/** Compressing less than this costs more than it saves. */
const GZIP_FROM_BYTES = 1400;

/** Answers `GET /probe/<kind>?target=NAME` with the exposition of one target, within the scrape timeout. */
export function probeHandler(exporter: Pick<Exporter, 'kind' | 'probe'>): RequestHandler {
  return async (request, response) => {
    const target = request.query['target'];
    if (typeof target !== 'string' || target === '') {
      throw new PgfleetError(
        'parse',
        `/probe/${exporter.kind}: expected ?target=NAME with a name of the registry`,
      );
    }
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const budgetMs = scrapeBudgetMs(request.get('x-prometheus-scrape-timeout-seconds'));
    const samples = await exporter.probe(target, { budgetMs, signal: gone.signal });
    await sendExposition(request, response, samples);
  };
}

/** Milliseconds a scrape may take by Prometheus's header, less a margin for the way back. */
export function scrapeBudgetMs(header: string | undefined): number {
  const given = Number(header);
  const seconds =
    Number.isFinite(given) && given > 0 ? Math.min(given, MAX_TIMEOUT_SECONDS) : DEFAULT_TIMEOUT_SECONDS;
  return Math.max(seconds / 2, seconds - MARGIN_SECONDS) * 1000;
}

/** Sends samples in the format and encoding the client asks for. */
export async function sendExposition(
  request: Request,
  response: Response,
  samples: Iterable<Sample>,
): Promise<void> {
  const format = negotiate(request.get('accept'));
  const body = Buffer.from(renderScrape(samples, format));
  response.set('Content-Type', CONTENT_TYPES[format]).set('Vary', 'Accept, Accept-Encoding');
  const wantsGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(request.get('accept-encoding') ?? '');
  if (wantsGzip && body.length >= GZIP_FROM_BYTES) {
    response.set('Content-Encoding', 'gzip').end(await compress(body, { level: 1 }));
  } else {
    response.end(body);
  }
}

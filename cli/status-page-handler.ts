import type { RequestHandler } from 'express';
import type { Discovery } from '../exporters/fleet/discoverer.ts';
import { prometheusAlerts } from '../exporters/fleet/firing-alerts.ts';
import { type ConfigState, targetProbes } from '../exporters/fleet/fleet-exporter.ts';
import type { Registry } from '../exporters/fleet/registry.ts';
import { type StatusLinks, statusModel } from '../exporters/fleet/status-model.ts';
import { CONTENT_SECURITY_POLICY } from '../exporters/fleet/status-page.style.ts';
import { renderStatusPage } from '../exporters/fleet/status-page.ts';
import { parseView } from '../exporters/fleet/status-view.ts';
import { prometheusVerdicts } from '../exporters/fleet/verdicts.ts';
import type { ProbeRecord } from '../lib/exporter.ts';

/** What the page shows, asked anew for every view. */
export interface StatusState {
  readonly language: 'en' | 'zh';
  readonly registry: Registry;
  readonly version: string;
  readonly config: ConfigState;
  readonly links: StatusLinks;
  /** The last finished look for other servers; undefined before the first. */
  readonly discovery: Discovery | undefined;
  lastProbe(kind: 'postgres' | 'host', target: string): ProbeRecord | undefined;
}

/** `GET /`: the status page. */
export function statusPageHandler(state: () => StatusState): RequestHandler {
  const firing = fromPrometheus(prometheusAlerts);
  const judged = fromPrometheus(prometheusVerdicts);
  return async (request, response) => {
    const { language, registry, version, config, links, discovery, lastProbe } = state();
    const [alerts, verdicts] = await Promise.all([firing(links.prometheus), judged(links.prometheus)]);
    const view = parseView(request.query, request.get('accept-language'), language);
    const model = statusModel({
      now: Date.now(),
      version,
      config,
      registry,
      links,
      discovery,
      probes: targetProbes(registry, lastProbe),
      alerts,
      verdicts,
    });
    response
      .set('Content-Security-Policy', CONTENT_SECURITY_POLICY)
      .set('Cache-Control', 'no-store')
      .set('Vary', 'Accept-Language')
      .type('html')
      .send(renderStatusPage(model, view));
  };
}

/** One source per Prometheus, kept between views so that its short memory works. */
function fromPrometheus<T>(connect: (url: string, now: () => number) => () => Promise<T>) {
  let source: { url: string; ask: () => Promise<T> } | undefined;
  return async (url: string | undefined) => {
    if (url === undefined) return { state: 'off' } as const;
    if (source?.url !== url) source = { url, ask: connect(url, Date.now) };
    return source.ask();
  };
}

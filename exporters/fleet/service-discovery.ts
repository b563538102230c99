import { hostLabels, type Registry, serverLabels } from './registry.ts';

/**
 * One group of Prometheus's HTTP service discovery. The target is the registry name, which the scrape
 * configuration relabels into the probe parameter `target`.
 * https://prometheus.io/docs/prometheus/latest/http_sd/
 */
export interface TargetGroup {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

/** Servers to scrape: all but the planned ones. A retired one is scraped, for it may still answer. */
export function postgresTargets(registry: Registry): TargetGroup[] {
  return registry.servers
    .filter(({ lifecycle }) => lifecycle !== 'planned')
    .map((server) => ({ targets: [server.name], labels: serverLabels(server) }));
}

/** Hosts to scrape: all but the planned ones. */
export function hostTargets(registry: Registry): TargetGroup[] {
  return registry.hosts
    .filter(({ lifecycle }) => lifecycle !== 'planned')
    .map((host) => ({ targets: [host.name], labels: hostLabels(host) }));
}

import { readFileSync } from 'node:fs';
import { gauge, type Sample } from '../../lib/metric.ts';
import { projectFile } from '../../lib/project-file.ts';
import { RUNNER_METRICS } from '../../lib/run-collectors.ts';
import type { HostCollector } from './host-collector.ts';

/**
 * What node_exporter says of itself: dashboards list their hosts by node_exporter_build_info, and rules watch
 * its collectors. The same facts as pgfleet_collector_*, under the names those expect.
 */
const build = gauge('node_exporter_build_info', 'What gives the node_* series, always 1.', [
  'version',
  'branch',
  'revision',
  'goversion',
]);
const success = gauge('node_scrape_collector_success', 'Whether the collector succeeded.', ['collector']);
const duration = gauge('node_scrape_collector_duration_seconds', 'Time the collector took.', ['collector']);

/** Families of this file, for the collector that declares them. */
export const NODE_SCRAPE_METRICS = [build, success, duration] as const;

const [ownSuccess, ownDuration] = RUNNER_METRICS;
const VERSION = /"version": "(?<version>[^"]+)"/.exec(readFileSync(projectFile('package.json'), 'utf8'))
  ?.groups?.['version'];

const giving = new WeakMap<object, boolean>();

function givesNodeSeries(collector: Pick<HostCollector, 'metrics'>): boolean {
  let gives = giving.get(collector);
  if (gives === undefined) {
    gives = collector.metrics.some(({ family }) => family.name.startsWith('node_'));
    giving.set(collector, gives);
  }
  return gives;
}

/** The samples to add to those of a scrape: of the collectors that give node_* series. */
export function nodeScrapeSamples(
  samples: readonly Sample[],
  collectors: readonly Pick<HostCollector, 'name' | 'metrics' | 'familyPrefix'>[],
): Sample[] {
  const named = new Set(collectors.filter(givesNodeSeries).map(({ name }) => name));
  const same: Sample[] = [];
  for (const { family, labels, value } of samples) {
    if (family !== ownSuccess.family && family !== ownDuration.family) continue;
    const { collector = '' } = labels;
    if (!named.has(collector)) continue;
    same.push(family === ownSuccess.family ? success({ collector }, value) : duration({ collector }, value));
  }
  return [build({ version: VERSION ?? '', branch: 'pgfleet', revision: '', goversion: '' }, 1), ...same];
}

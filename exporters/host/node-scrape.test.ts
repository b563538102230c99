import { expect, it } from 'vitest';
import { gauge } from '../../lib/metric.ts';
import { RUNNER_METRICS } from '../../lib/run-collectors.ts';
import { print } from '../../test/support/host.ts';
import { nodeScrapeSamples } from './node-scrape.ts';

const [success, duration] = RUNNER_METRICS;
const collectors = [
  { name: 'loadavg', metrics: [gauge('node_load1', 'Load.')] },
  { name: 'age', metrics: [gauge('pgfleet_host_age', 'Age.')] },
];

it('says of the collectors of node_* series what node_exporter would say', () => {
  const samples = collectors.flatMap(({ name: collector }) => [
    success({ collector }, 1),
    duration({ collector }, 0.25),
  ]);

  const [build, ...rest] = nodeScrapeSamples(samples, collectors).flatMap(print);

  expect(build).toMatch(/^node_exporter_build_info\{version="\d+\.\d+\.\d+",branch="pgfleet"\} 1$/);
  expect(rest).toEqual([
    'node_scrape_collector_success{collector="loadavg"} 1',
    'node_scrape_collector_duration_seconds{collector="loadavg"} 0.25',
  ]);
});

import { describe, expect, it } from 'vitest';
import type { ProbeRecord } from '../../lib/exporter.ts';
import { render } from '../../lib/exposition.ts';
import { createLogger } from '../../lib/log.ts';
import type { Discovery } from './discoverer.ts';
import { createFleetExporter, type FleetInput, loadFleetCollectors, targetProbes } from './fleet-exporter.ts';
import { createRegistry } from './registry.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const base = { lifecycle: 'in_service', labels: {} } as const;
const log = createLogger({ name: 'test', level: 'silent' });

const registry = createRegistry({
  servers: [
    { name: 'a', address: { host: 'db1', port: 5432 }, host: 'h', owner: 'team', ...base },
    { name: 'b', address: { host: 'db2', port: 5432 }, ...base },
    { name: 'c', address: { host: 'db3', port: 5432 }, ...base, lifecycle: 'planned' },
  ],
  hosts: [
    {
      name: 'h',
      transport: 'local',
      site: 'hq',
      purchased: '2015-03-01',
      warranty_until: '2020-02-29',
      power_watts: 350,
      ...base,
    },
  ],
});

function record(more: Partial<ProbeRecord>): ProbeRecord {
  return {
    up: true,
    at: NOW,
    durationMs: 20,
    version: undefined,
    role: undefined,
    error: undefined,
    ...more,
  };
}

const records: Record<string, ProbeRecord> = {
  a: record({ at: NOW - 5000 }),
  b: record({ up: false, at: NOW - 9000, durationMs: 1500 }),
};

const discovery: Discovery = {
  instances: [
    {
      label: 'a',
      kind: 'postgresql',
      state: 'running',
      status: 'registered',
      servers: registry.servers.slice(0, 1),
      machine: 'h',
      addresses: ['db1:5432', '10.0.0.5:5432'],
      dataDirectory: '/data/15',
      systemIdentifier: '7710876953460990554',
      majors: { from: 15, to: 15 },
      role: 'primary',
      clusterState: undefined,
      techniques: ['processes'],
      findings: [{ kind: 'clone', others: ['x'] }],
      details: {},
    },
    {
      label: '10.0.0.9:5439',
      kind: 'pgwire',
      state: 'running',
      status: 'unregistered',
      servers: [],
      machine: undefined,
      addresses: ['10.0.0.9:5439'],
      dataDirectory: undefined,
      systemIdentifier: undefined,
      majors: { from: 14, to: 16 },
      role: undefined,
      clusterState: undefined,
      techniques: ['network'],
      findings: [],
      details: {},
    },
  ],
  sightings: [],
  gaps: [],
  runs: [
    { technique: 'processes', help: '', sightings: 3, gaps: 2, durationMs: 250, error: undefined },
    { technique: 'network', help: '', sightings: 0, gaps: 0, durationMs: 10, error: 'internal error' },
  ],
  startedAt: NOW - 1000,
  endedAt: NOW - 500,
};

const input: FleetInput = {
  discovery,
  now: NOW,
  version: '1.2.3',
  registry,
  config: { successful: false, loadedAt: NOW - 60_000 },
  catalogs: [{ catalog: 'postgresql', ageSeconds: 86_400 }],
  probes: targetProbes(registry, (kind, target) => (kind === 'postgres' ? records[target] : undefined)),
};

async function scrape(given: FleetInput): Promise<string[]> {
  const exporter = createFleetExporter(await loadFleetCollectors(), log);
  const options = { budgetMs: 1000, signal: new AbortController().signal };
  const { text, duplicates } = render(await exporter.samples(given, options), 'text');
  expect(duplicates).toBe(0);
  return text.split('\n').filter((line) => !line.startsWith('#'));
}

describe('fleet exporter', () => {
  it.each([
    'pgfleet_registry_server_info{server="a",instance="db1:5432",host="h",owner="team",site="hq",lifecycle="in_service"} 1',
    'pgfleet_registry_server_info{server="b",instance="db2:5432",lifecycle="in_service"} 1',
    'pgfleet_registry_host_info{host="h",instance="h",site="hq",lifecycle="in_service",transport="local"} 1',
    'pgfleet_registry_servers{lifecycle="in_service"} 2',
    'pgfleet_registry_servers{lifecycle="retired"} 0',
    'pgfleet_registry_hosts{lifecycle="in_service"} 1',
    `pgfleet_registry_host_purchase_timestamp_seconds{host="h",instance="h"} ${Date.UTC(2015, 2, 1) / 1000}`,
    `pgfleet_registry_host_warranty_end_timestamp_seconds{host="h",instance="h"} ${Date.UTC(2020, 2, 1) / 1000}`,
    'pgfleet_registry_host_power_watts{host="h",instance="h"} 350',
    'pgfleet_config_last_reload_successful 0',
    `pgfleet_config_last_reload_success_timestamp_seconds ${NOW / 1000 - 60}`,
    'pgfleet_catalog_age_seconds{catalog="postgresql"} 86400',
    'pgfleet_build_info{version="1.2.3"} 1',
    'pgfleet_probe_targets{kind="postgres",state="up"} 1',
    'pgfleet_probe_targets{kind="postgres",state="down"} 1',
    'pgfleet_probe_targets{kind="postgres",state="never"} 0',
    'pgfleet_probe_targets{kind="host",state="never"} 1',
    `pgfleet_probe_last_success_timestamp_seconds{kind="postgres"} ${NOW / 1000 - 5}`,
    'pgfleet_probe_oldest_age_seconds{kind="postgres"} 9',
    'pgfleet_probe_slowest_duration_seconds{kind="postgres"} 1.5',
    'pgfleet_discovered_instance_info{instance="db1:5432",server="a",host="h",data_directory="/data/15",system_identifier="7710876953460990554",status="registered",kind="postgresql",state="running",role="primary",major="15"} 1',
    'pgfleet_discovered_instance_info{instance="10.0.0.9:5439",status="unregistered",kind="pgwire",state="running",major="14-16"} 1',
    'pgfleet_discovered_instance_finding{instance="db1:5432",server="a",host="h",data_directory="/data/15",system_identifier="7710876953460990554",finding="clone"} 1',
    `pgfleet_discovered_initdb_timestamp_seconds{system_identifier="7710876953460990554"} ${Date.parse('2026-11-22T06:20:44Z') / 1000}`,
    `pgfleet_discovery_last_run_timestamp_seconds ${NOW / 1000 - 0.5}`,
    'pgfleet_discovery_success{technique="processes"} 1',
    'pgfleet_discovery_success{technique="network"} 0',
    'pgfleet_discovery_gaps{technique="processes"} 2',
    'pgfleet_discovery_duration_seconds{technique="processes"} 0.25',
    'pgfleet_collector_success{collector="registry"} 1',
  ])('exports %s', async (line) => {
    expect(await scrape(input)).toContain(line);
  });

  it('says nothing about times that have not been', async () => {
    const text = (await scrape(input)).join('\n');

    expect(text).not.toContain('pgfleet_probe_last_success_timestamp_seconds{kind="host"}');
    expect(text).not.toContain('pgfleet_probe_oldest_age_seconds{kind="host"}');
    expect(text).not.toContain('pgfleet_registry_host_cost_per_year');
  });

  it('says nothing about other servers before the first look', async () => {
    expect((await scrape({ ...input, discovery: undefined })).join('\n')).not.toContain('pgfleet_discover');
  });

  it('does not count planned servers among the probed', () => {
    expect(input.probes.map(({ target }) => target)).toEqual(['a', 'b', 'h']);
  });

  it('serves the other collectors when one throws', async () => {
    const broken = { ...input, catalogs: undefined } as unknown as FleetInput;
    const lines = await scrape(broken);

    expect(lines).toContain('pgfleet_collector_success{collector="catalog_age"} 0');
    expect(lines).toContain('pgfleet_build_info{version="1.2.3"} 1');
  });
});

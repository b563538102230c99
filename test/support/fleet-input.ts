import type { FleetInput } from '../../exporters/fleet/fleet-exporter.ts';
import { createRegistry } from '../../exporters/fleet/registry.ts';

/** An input of the fleet collectors in which nothing is declared and nothing happened, with what a test changes. */
export function fleetInput(over: Partial<FleetInput> = {}): FleetInput {
  const now = Date.parse('2026-11-22T12:00:00Z');
  return {
    now,
    version: '0.0.0',
    registry: createRegistry({ servers: [], hosts: [] }),
    config: { successful: true, loadedAt: now },
    catalogs: [],
    probes: [],
    ...over,
  };
}

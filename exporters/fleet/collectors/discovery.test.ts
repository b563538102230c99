import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { fleetInput } from '../../../test/support/fleet-input.ts';
import { collector } from './discovery.ts';

it('says nothing before the first look around has ended', () => {
  expect(render(collector.samples(fleetInput()), 'text').text).toBe('');
});

it('names what was found, when its cluster was made, and how the techniques fared', () => {
  const discovery = {
    endedAt: 5000,
    instances: [
      {
        label: 'x',
        kind: 'postgresql',
        state: 'running',
        status: 'unregistered',
        servers: [],
        machine: 'web1',
        addresses: ['10.0.0.7:5432'],
        dataDirectory: '/srv/pg',
        systemIdentifier: '7710876953460990554',
        majors: { from: 15, to: 15 },
        findings: [{ kind: 'clone', others: [] }],
        sightings: [],
      },
    ],
    runs: [{ technique: 'processes', durationMs: 250, sightings: 1, gaps: 0, error: undefined }],
  } as unknown as NonNullable<ReturnType<typeof fleetInput>['discovery']>;

  const { text } = render(collector.samples(fleetInput({ discovery })), 'text');

  expect(text).toMatch(
    /pgfleet_discovered_instance_info\{instance="10.0.0.7:5432",host="web1".*status="unregistered"/,
  );
  expect(text).toMatch(/pgfleet_discovered_instance_finding\{.*finding="clone"\} 1/);
  expect(text).toContain('pgfleet_discovery_success{technique="processes"} 1\n');
  expect(text).toContain(
    'pgfleet_discovered_initdb_timestamp_seconds{system_identifier="7710876953460990554"} 1795',
  );
});

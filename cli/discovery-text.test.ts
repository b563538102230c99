import { describe, expect, it } from 'vitest';
import type { Discovery } from '../exporters/fleet/discoverer.ts';
import type { Instance } from '../exporters/fleet/estate.ts';
import { PgfleetError } from '../lib/errors.ts';
import { discoveryText } from './discovery-text.ts';

function instance(more: Partial<Instance>): Instance {
  const unknown = {
    machine: undefined,
    dataDirectory: undefined,
    systemIdentifier: undefined,
    majors: undefined,
  };
  return {
    label: '10.0.0.9:5432',
    kind: 'postgresql',
    state: 'running',
    status: 'unregistered',
    servers: [],
    addresses: [],
    role: undefined,
    clusterState: undefined,
    techniques: ['network'],
    findings: [],
    details: {},
    ...unknown,
    ...more,
  };
}

function discovery(more: Partial<Discovery>): Discovery {
  return { instances: [], sightings: [], gaps: [], runs: [], startedAt: 0, endedAt: 800, ...more };
}

describe('what discovery prints', () => {
  it('lists the undeclared first, with what is odd about them', () => {
    const text = discoveryText(
      discovery({
        instances: [
          instance({ label: 'shop', status: 'registered', role: 'primary', majors: { from: 15, to: 15 } }),
          instance({
            findings: [{ kind: 'clone', others: ['shop'] }],
            systemIdentifier: '7710876953460990554',
          }),
          instance({ label: 'gone', status: 'ghost', state: 'declared', techniques: [] }),
        ],
      }),
    );

    expect(text.indexOf('Not declared in pgfleet.yml: 1')).toBe(0);
    expect(text).toContain('! clone: shop has the same identity and takes writes too');
    expect(text).toContain('identity 7710876953460990554, made on 2026-11-22');
    expect(text).toContain('shop  running  PostgreSQL 15 primary  network');
    expect(text).toContain('gone    never seen');
    expect(text).toContain('1 registered, 1 unregistered, 1 gone, in 0.8 s.');
  });

  it('says once what several techniques could not look at', () => {
    const error = new PgfleetError('connect', 'connect ECONNREFUSED');
    const gaps = ['upstreams', 'standbys'].map((technique) => ({ technique, where: 'shop', error }));

    expect(discoveryText(discovery({ gaps }))).toContain(
      '  shop: connect ECONNREFUSED (upstreams, standbys)',
    );
  });

  it('does not let a name from elsewhere steer the terminal', () => {
    const text = discoveryText(
      discovery({ instances: [instance({ dataDirectory: '/x\u001b[2J\r\u0007', machine: 'h' })] }),
    );

    expect(text).toContain('data directory /x?[2J?? on h');
  });
});

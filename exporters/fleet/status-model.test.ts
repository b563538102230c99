import { describe, expect, it } from 'vitest';
import type { ProbeRecord } from '../../lib/exporter.ts';
import type { Lifecycle } from './config.ts';
import type { FiringAlerts } from './firing-alerts.ts';
import { createRegistry, type RegisteredServer } from './registry.ts';
import { overallTone, type StatusModel, statusModel, type TargetState } from './status-model.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function record(more: Partial<ProbeRecord> = {}): ProbeRecord {
  const at = NOW - 10_000;
  return {
    up: true,
    at,
    durationMs: 20,
    version: 'PostgreSQL 15.18',
    role: 'primary',
    error: undefined,
    ...more,
  };
}

function server(name: string, lifecycle: Lifecycle = 'in_service'): RegisteredServer {
  return { name, lifecycle, labels: {}, address: { host: 'db', port: 5432 } };
}

function model(
  servers: readonly (readonly [RegisteredServer, ProbeRecord | undefined])[],
  more: { alerts?: FiringAlerts; configOk?: boolean } = {},
): StatusModel {
  return statusModel({
    now: NOW,
    version: '1.0.0',
    config: { successful: more.configOk ?? true, loadedAt: NOW },
    registry: createRegistry({ servers: servers.map(([entry]) => entry), hosts: [] }),
    probes: servers.map(([{ name }, probed]) => ({ kind: 'postgres', target: name, record: probed })),
    verdicts: { state: 'off' },
    alerts: more.alerts ?? { state: 'known', rulesLoaded: true, alerts: [] },
    links: {},
  });
}

const long = { at: NOW - 301_000 };

describe('state of a target', () => {
  it.each<[string, Lifecycle, ProbeRecord | undefined, TargetState]>([
    ['answers', 'in_service', record(), 'up'],
    ['answers in part', 'in_service', record({ error: 'permission denied' }), 'partial'],
    ['does not answer', 'in_service', record({ up: false, error: 'refused' }), 'down'],
    ['answered long ago', 'in_service', record(long), 'stale'],
    ['failed long ago', 'in_service', record({ up: false, ...long }), 'stale'],
    ['was never probed', 'in_service', undefined, 'never'],
    ['is on its way out and down', 'deprecated', record({ up: false }), 'down'],
    ['is planned', 'planned', undefined, 'inactive'],
    ['is being set up and down', 'provisioning', record({ up: false }), 'inactive'],
    ['is being set up and answers', 'provisioning', record(), 'up'],
    ['is retired and silent', 'retired', record({ up: false }), 'inactive'],
    ['is retired and answered long ago', 'retired', record(long), 'inactive'],
  ])('that %s', (_text, lifecycle, probed, state) => {
    expect(model([[server('a', lifecycle), probed]]).servers[0]?.state).toBe(state);
  });

  it('that is retired and answers is pointed out', () => {
    expect(model([[server('a', 'retired'), record()]]).servers[0]).toMatchObject({
      state: 'up',
      undead: true,
    });
  });
});

describe('tables', () => {
  const servers = [
    [server('up-10'), record()],
    [server('up-9'), record()],
    [server('undead', 'retired'), record()],
    [server('planned', 'planned'), undefined],
    [server('down'), record({ up: false })],
    [server('partial'), record({ error: 'x' })],
    [server('stale'), record(long)],
    [server('never'), undefined],
  ] as const;

  it('list the worst first and numbers in their order', () => {
    expect(model(servers).servers.map(({ name }) => name)).toEqual([
      ...['down', 'stale', 'partial', 'never', 'undead', 'up-9', 'up-10', 'planned'],
    ]);
  });

  it('count every state', () => {
    const { serverCounts, hostCounts } = model(servers);

    expect(serverCounts).toEqual({ down: 1, stale: 1, partial: 1, never: 1, up: 3, inactive: 1 });
    expect(hostCounts).toEqual({ down: 0, stale: 0, partial: 0, never: 0, up: 0, inactive: 0 });
  });

  it('show declared labels in a fixed order, own ones last', () => {
    const entry = { ...server('a'), site: 'hq', app: 'shop', host: 'h', labels: { rack: '4' } };

    expect(model([[entry, undefined]]).servers[0]?.labels).toEqual([
      ['app', 'shop'],
      ['host', 'h'],
      ['site', 'hq'],
      ['rack', '4'],
    ]);
  });
});

describe('the fleet as a whole', () => {
  const up = [server('a'), record()] as const;
  const alert = (severity: 'critical' | 'warning' | 'info'): FiringAlerts => ({
    state: 'known',
    rulesLoaded: true,
    alerts: [{ name: 'X', severity, labels: {}, annotations: {}, activeAt: NOW }],
  });

  it.each([
    ['all is up', model([up]), 'good'],
    ['only an info alert fires', model([up], { alerts: alert('info') }), 'good'],
    ['no Prometheus is configured', model([up], { alerts: { state: 'off' } }), 'good'],
    ['alerts are unknown', model([up], { alerts: { state: 'unknown', reason: '' } }), 'wait'],
    ['nothing is declared', model([]), 'wait'],
    ['a probe is awaited', model([up, [server('b'), undefined]]), 'wait'],
    ['a warning fires', model([up], { alerts: alert('warning') }), 'warn'],
    ['a probe is out of date', model([up, [server('b'), record(long)]]), 'warn'],
    ['the configuration was refused', model([up], { configOk: false }), 'warn'],
    ['a critical alert fires', model([up], { alerts: alert('critical') }), 'bad'],
    ['a target is down', model([up, [server('b'), record({ up: false })]]), 'bad'],
  ])('when %s', (_text, given, tone) => {
    expect(overallTone(given)).toBe(tone);
  });
});

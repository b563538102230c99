import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadCatalog } from '../../catalog/catalog.ts';
import { createLogger } from '../../lib/log.ts';
import { gauge } from '../../lib/metric.ts';
import { captureText, print } from '../../test/support/host.ts';
import { Host } from './host.ts';
import { contentOf, type HostCollector } from './host-collector.ts';
import { HostError } from './host-error.ts';
import { SlowTier } from './slow-tier.ts';
import type { CaptureRequest, CaptureText, Transport } from './transports/transport.ts';

const catalog = loadCatalog();
const log = createLogger({ name: 'test', level: 'silent' });
const load = gauge('node_load1', 'Load.');
const board = gauge('pgfleet_host_board_info', 'Board.');
const fast = {
  name: 'loadavg',
  help: 'Load.',
  metrics: [load],
  sections: ['loadavg'],
  tier: 'fast',
  *samples({ section }) {
    yield load(Number(contentOf(section('loadavg'))?.split(' ')[0]));
  },
} satisfies HostCollector;
const slow = {
  name: 'board',
  help: 'Board.',
  metrics: [board],
  sections: ['dmidecode'],
  tier: 'inventory',
  *samples({ section }) {
    yield board(contentOf(section('dmidecode'))?.length);
  },
} satisfies HostCollector;

const FAST = captureText({
  kernel: '/proc/sys/kernel/osrelease\t2.6.18-398.el5\n',
  loadavg: '0.5 0 0 1/1 1\n',
});
const INVENTORY = captureText({ dmidecode: 'Handle\n' });

/** A transport whose answers the test gives; requests wait until they are answered. */
function fakeTransport(answer: (request: CaptureRequest) => Promise<string> | string) {
  const requests: CaptureRequest[] = [];
  const transport: Transport = {
    kind: 'ssh',
    description: 'fake',
    run: async (request): Promise<CaptureText> => {
      requests.push(request);
      return {
        text: await answer(request),
        exchange: { sentAt: 1_700_000_000_000, receivedAt: 1_700_000_002_000 },
      };
    },
    close: vi.fn(async () => undefined),
  };
  return { transport, requests };
}

const byTier = ({ tiers }: CaptureRequest) => (tiers[0] === 'fast' ? FAST : INVENTORY);
const open: Host[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

function makeHost(transport: Transport, now: () => number = () => 1_700_000_002_000) {
  const tier = new SlowTier({
    tier: 'inventory',
    ttlSeconds: 600,
    budgetMs: 5000,
    collectors: [slow],
    catalog,
    log,
    name: 'web1',
    now,
    transport,
  });
  const host = new Host({
    name: 'web1',
    transport,
    collectors: [fast, slow],
    disabled: [],
    slowTiers: [tier],
    catalog,
    log,
    now,
  });
  open.push(host);
  return { host, tier };
}

const probe = async (host: Host, budgetMs = 2000, signal = new AbortController().signal) =>
  (await host.probe({ budgetMs, signal })).flatMap(print);

describe('Host', () => {
  it('serves what the fast capture gives', async () => {
    const { transport } = fakeTransport(byTier);
    const { host } = makeHost(transport);

    const samples = await probe(host);

    expect(samples).toContain('node_load1 0.5');
    expect(samples).toContain('pgfleet_collector_success{collector="loadavg"} 1');
    expect(host.lastProbe).toMatchObject({ up: true, version: 'Linux 2.6.18-398.el5', error: undefined });
  });

  it('shares one capture between scrapes at the same time', async () => {
    let release: (text: string) => void = () => undefined;
    const { transport, requests } = fakeTransport(({ tiers }) =>
      tiers[0] === 'fast' ? new Promise<string>((resolve) => (release = resolve)) : INVENTORY,
    );
    const { host } = makeHost(transport);

    const both = [probe(host), probe(host)];
    await vi.waitFor(() => expect(requests.some(({ tiers }) => tiers[0] === 'fast')).toBe(true));
    release(FAST);
    const [one, two] = await Promise.all(both);

    expect(requests.filter(({ tiers }) => tiers[0] === 'fast')).toHaveLength(1);
    expect(one).toContain('node_load1 0.5');
    expect(two).toContain('node_load1 0.5');
  });

  it('answers within its budget when the transport never does', async () => {
    const { transport } = fakeTransport(() => new Promise(() => undefined));
    const { host } = makeHost(transport);
    const startedAt = performance.now();

    const samples = await probe(host, 300);

    expect(performance.now() - startedAt).toBeLessThan(600);
    expect(samples).toEqual(['pgfleet_host_up 0', 'pgfleet_host_error{reason="timeout"} 1']);
    expect(host.lastProbe?.up).toBe(false);
  });

  it.each([
    [new HostError('host_key', 'changed'), 'host_key'],
    [new Error('surprise'), 'internal'],
  ])('answers %s with up 0 and the reason', async (error, reason) => {
    const { transport } = fakeTransport(() => Promise.reject(error));
    const { host } = makeHost(transport);

    expect((await probe(host)).slice(0, 2)).toEqual([
      'pgfleet_host_up 0',
      `pgfleet_host_error{reason="${reason}"} 1`,
    ]);
    expect(host.lastProbe?.error).toBe(error.message);
  });

  it.each([
    ['no capture', 'bash: capture: command not found\n'],
    ['another format', FAST.replace('pgfleet-capture 1', 'pgfleet-capture 9')],
    ['an empty capture', captureText({})],
  ])('answers %s with up 0 and reason format', async (_what, text) => {
    const { transport } = fakeTransport(() => text);
    const { host } = makeHost(transport);

    expect(await probe(host)).toContain('pgfleet_host_error{reason="format"} 1');
  });

  it('serves a capture that was cut with the collectors it hit failed or skipped', async () => {
    const { transport } = fakeTransport(({ tiers }) =>
      tiers[0] === 'fast' ? FAST.slice(0, FAST.indexOf('0.5 0 0')) : INVENTORY,
    );
    const { host } = makeHost(transport);

    const samples = await probe(host);

    expect(samples).toContain('pgfleet_collector_success{collector="loadavg"} 0');
    expect(samples.join()).not.toContain('node_load1');
  });

  it('does not call a host down because its client went away', async () => {
    const { transport } = fakeTransport(() => new Promise(() => undefined));
    const { host } = makeHost(transport);
    const client = new AbortController();

    const probing = probe(host, 5000, client.signal);
    client.abort();
    await probing;

    expect(host.lastProbe).toBeUndefined();
  });

  it('closes its transport and stops what is in flight', async () => {
    const { transport, requests } = fakeTransport(() => new Promise(() => undefined));
    const { host } = makeHost(transport);
    const probing = probe(host, 300);

    await host.close();
    await probing;

    expect(transport.close).toHaveBeenCalledOnce();
    expect(requests.every(({ signal }) => signal.aborted)).toBe(true);
  });
});

describe('SlowTier', () => {
  const signal = new AbortController().signal;

  it('is served with its age and runs again after its ttl', async () => {
    let now = 1_700_000_000_000;
    const { transport, requests } = fakeTransport(byTier);
    const { host, tier } = makeHost(transport, () => now);

    await tier.startIfDue(signal);
    now += 60_000;
    const samples = await probe(host);

    expect(samples).toContain('pgfleet_host_board_info 7');
    expect(samples).toContain('pgfleet_collector_age_seconds{collector="board"} 60');
    expect(samples).toContain('pgfleet_host_tier_age_seconds{tier="inventory"} 60');
    expect(samples).toContain('pgfleet_host_tier_success{tier="inventory"} 1');
    expect(requests.filter(({ tiers }) => tiers[0] === 'inventory')).toHaveLength(1);

    now += 600_000;
    await tier.startIfDue(signal);
    expect(requests.filter(({ tiers }) => tiers[0] === 'inventory')).toHaveLength(2);
  });

  it('never delays the fast tier', async () => {
    const { transport } = fakeTransport(({ tiers }) =>
      tiers[0] === 'fast' ? FAST : new Promise(() => undefined),
    );
    const { host } = makeHost(transport);

    expect(await probe(host)).toContain('node_load1 0.5');
    expect(await probe(host)).toContain('node_load1 0.5');
  });

  it('runs once at a time', async () => {
    const { transport, requests } = fakeTransport(() => new Promise(() => undefined));
    const { tier } = makeHost(transport);

    void tier.startIfDue(signal);
    void tier.startIfDue(signal);

    expect(requests).toHaveLength(1);
  });

  it('keeps its last results through failures, tries again later and later, and lets them go in the end', async () => {
    let now = 1_700_000_000_000;
    let fail = false;
    const { transport, requests } = fakeTransport(() =>
      fail ? Promise.reject(new HostError('refused', 'refused')) : INVENTORY,
    );
    const { tier } = makeHost(transport, () => now);
    await tier.startIfDue(signal);
    fail = true;

    now += 601_000;
    await tier.startIfDue(signal);
    expect(tier.state()).toMatchObject({ success: false, error: 'refused', ageSeconds: 601 });
    expect(tier.state().samples.flatMap(print)).toContain('pgfleet_host_board_info 7');

    now += 30_000;
    await tier.startIfDue(signal);
    expect(requests).toHaveLength(2);
    now += 31_000;
    await tier.startIfDue(signal);
    expect(requests).toHaveLength(3);
    now += 61_000;
    await tier.startIfDue(signal);
    expect(requests).toHaveLength(3);

    now += 1_200_000;
    expect(tier.state().samples).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { parseActiveAlerts, parseSnapshot, unescapeReceiver } from './alertmanager.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');

/** As Alertmanager 0.25 sends it, without the fields of later versions. */
const body = {
  receiver: 'ops\\.email',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'DiskFills', instance: 'db1:5432', severity: 'critical' },
      annotations: { summary: 'Disk fills' },
      startsAt: '2026-11-22T07:59:30.123456789+08:00',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: 'c0ffee0000000001',
    },
    {
      status: 'resolved',
      labels: { alertname: 'DiskFills', instance: 'db2:5432' },
      annotations: {},
      startsAt: '2026-11-22T07:00:00Z',
      endsAt: '2026-11-22T07:30:00Z',
      generatorURL: '',
      fingerprint: 'c0ffee0000000002',
    },
  ],
  groupLabels: { alertname: 'DiskFills' },
  commonLabels: { alertname: 'DiskFills' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example',
  version: '4',
  groupKey: '{}:{alertname="DiskFills"}',
  truncatedAlerts: 3,
};

describe('parseSnapshot', () => {
  it('reads a body of 0.25', () => {
    const snapshot = parseSnapshot(JSON.stringify(body), NOW);

    expect(snapshot).toMatchObject({
      receiver: 'ops.email',
      externalUrl: 'http://alertmanager.example',
      truncated: 3,
      unreadable: 0,
    });
    expect(snapshot.alerts[0]).toMatchObject({
      status: 'firing',
      startsAt: Date.parse('2026-11-21T23:59:30.123Z'),
      endsAt: undefined,
    });
    expect(snapshot.alerts[1]).toMatchObject({
      status: 'resolved',
      endsAt: Date.parse('2026-11-22T07:30:00Z'),
    });
  });

  it('ignores what later versions add', () => {
    const later = { ...body, notification_reason: 'first notification', routeLabels: { team: 'a' } };

    expect(parseSnapshot(JSON.stringify(later), NOW).alerts).toHaveLength(2);
  });

  it('loses only the alert it cannot read, and says so', () => {
    const mixed = { ...body, alerts: [...body.alerts, { labels: { n: 1 } }, 'x', { status: 'firing' }] };

    expect(parseSnapshot(JSON.stringify(mixed), NOW)).toMatchObject({ unreadable: 3 });
    expect(parseSnapshot(JSON.stringify(mixed), NOW).alerts).toHaveLength(2);
  });

  it('makes a fingerprint of the labels where there is none, whatever their order', () => {
    const one = { ...body, alerts: [{ status: 'firing', labels: { a: '1', b: '2' } }] };
    const two = { ...body, alerts: [{ status: 'firing', labels: { b: '2', a: '1' } }] };

    const [first] = parseSnapshot(JSON.stringify(one), NOW).alerts;
    const [second] = parseSnapshot(JSON.stringify(two), NOW).alerts;

    expect(first?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(first?.fingerprint).toBe(second?.fingerprint);
    expect(first?.startsAt).toBe(NOW);
  });

  it.each([
    ['no JSON', '<html>', /expected JSON/],
    ['a custom payload', JSON.stringify({ text: 'hi' }), /expected version "4"/],
    ['another version', JSON.stringify({ ...body, version: '3' }), /expected version "4"/],
    ['no alerts', JSON.stringify({ version: '4' }), /alerts/],
    ['a list', '[]', /expected version "4"/],
  ])('refuses %s', (_name, text, message) => {
    expect(() => parseSnapshot(text, NOW)).toThrow(message);
  });
});

describe('unescapeReceiver', () => {
  it.each([
    ['ops\\.email', 'ops.email'],
    ['a\\(b\\)\\+\\\\c', 'a(b)+\\c'],
    ['plain-name_1', 'plain-name_1'],
  ])('%s', (escaped, name) => {
    expect(unescapeReceiver(escaped)).toBe(name);
  });
});

describe('parseActiveAlerts', () => {
  it('reads the API and tells suppressed ones', () => {
    const entry = {
      labels: { alertname: 'A' },
      annotations: {},
      startsAt: '2026-11-22T07:00:00.000Z',
      endsAt: '2026-11-22T08:04:00.000Z',
      fingerprint: 'f1',
      receivers: [{ name: 'notifier' }],
      status: { state: 'suppressed', silencedBy: ['x'], inhibitedBy: [] },
      updatedAt: '2026-11-22T08:00:00.000Z',
      generatorURL: '',
    };

    expect(parseActiveAlerts(JSON.stringify([entry, { broken: true }]), NOW)).toEqual([
      expect.objectContaining({
        fingerprint: 'f1',
        status: 'firing',
        endsAt: undefined,
        suppressed: true,
        receivers: ['notifier'],
      }),
    ]);
  });

  it('refuses what is not a list', () => {
    expect(() => parseActiveAlerts('{"error":"x"}', NOW)).toThrow(/a list of alerts/);
  });
});

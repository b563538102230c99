import { describe, expect, it } from 'vitest';
import { parseAlerts } from './firing-alerts.ts';

function answer(alerts: unknown[]): string {
  return JSON.stringify({ status: 'success', data: { alerts } });
}

const watchdog = {
  labels: { alertname: 'Watchdog', severity: 'info' },
  annotations: {},
  state: 'firing',
  value: '1e+00',
};

describe('alerts of Prometheus', () => {
  it('that fire are listed worst and newest first, without the Watchdog', () => {
    const alert = (alertname: string, severity: string, minute: number, state = 'firing') => ({
      labels: { alertname, severity },
      annotations: { summary: alertname },
      state,
      activeAt: `2026-11-22T12:${minute}:00.123456789Z`,
    });
    const alerts = parseAlerts(
      answer([
        alert('Info', 'info', 10),
        alert('Old', 'critical', 10),
        alert('New', 'critical', 20),
        alert('Own', 'page', 10),
        alert('Pending', 'critical', 30, 'pending'),
        watchdog,
      ]),
    );

    expect(alerts).toMatchObject({ state: 'known', rulesLoaded: true });
    expect(alerts.state === 'known' && alerts.alerts.map(({ name }) => name)).toEqual([
      ...['New', 'Old', 'Info', 'Own'],
    ]);
    expect(alerts.state === 'known' && alerts.alerts[0]?.activeAt).toBe(
      Date.parse('2026-11-22T12:20:00.123Z'),
    );
  });

  it('without the Watchdog come from a Prometheus without our rules', () => {
    expect(parseAlerts(answer([]))).toEqual({ state: 'known', rulesLoaded: false, alerts: [] });
  });

  it('keep an unreadable time unknown', () => {
    const alerts = parseAlerts(answer([{ labels: { alertname: 'A' }, state: 'firing', activeAt: 'soon' }]));

    expect(alerts.state === 'known' && alerts.alerts[0]).toMatchObject({
      activeAt: undefined,
      severity: 'other',
    });
  });

  it.each(['', '<html>', '{"status":"error"}', '[]', '{"status":"success","data":{"alerts":[1]}}'])(
    'are not guessed from %j',
    (text) => {
      expect(() => parseAlerts(text)).toThrow('answer of Prometheus: expected the alerts of its HTTP API');
    },
  );
});

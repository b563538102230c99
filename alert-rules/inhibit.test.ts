import { describe, expect, it } from 'vitest';
import { loadInhibitRules } from './inhibit.ts';

/** The part of Alertmanager's matcher language that the list uses. */
function matches(labels: Readonly<Record<string, string>>, matcher: string): boolean {
  const {
    name = '',
    operator = '',
    value = '',
  } = /^(?<name>\w+)(?<operator>=~|=)"(?<value>.*)"$/.exec(matcher)?.groups ?? {};
  const found = labels[name] ?? '';
  return operator === '=' ? found === value : new RegExp(`^(?:${value})$`).test(found);
}

function inhibited(target: Record<string, string>, source: Record<string, string>): boolean {
  return loadInhibitRules().some(
    (rule) =>
      rule.source_matchers.every((matcher) => matches(source, matcher)) &&
      rule.target_matchers.every((matcher) => matches(target, matcher)) &&
      rule.equal.every((label) => (source[label] ?? '') === (target[label] ?? '')),
  );
}

describe('inhibit.yml', () => {
  const disk = { alertname: 'DiskAlmostFull', instance: 'web1', device: '/dev/sda1', mountpoint: '/' };
  const hostDown = { alertname: 'HostDown', severity: 'critical', instance: 'web1', host: 'web1' };

  it('hides the warning behind the critical form of the same alert', () => {
    expect(inhibited({ ...disk, severity: 'warning' }, { ...disk, severity: 'critical' })).toBe(true);
    expect(inhibited({ ...disk, severity: 'critical' }, { ...disk, severity: 'warning' })).toBe(false);
  });

  it('keeps the warning of another volume or instance', () => {
    const critical = { ...disk, severity: 'critical' };

    expect(inhibited({ ...disk, severity: 'warning', mountpoint: '/data' }, critical)).toBe(false);
    expect(inhibited({ ...disk, severity: 'warning', instance: 'web2' }, critical)).toBe(false);
  });

  it('keeps the warning about another repository of backups', () => {
    const behind = {
      alertname: 'PostgresBackupWalBehind',
      cluster: 'shop',
      tool: 'pgbackrest',
      stanza: 'main',
    };

    expect(
      inhibited(
        { ...behind, repo: '2', severity: 'warning' },
        { ...behind, repo: '1', severity: 'critical' },
      ),
    ).toBe(false);
  });

  it('hides what a dead host explains, on that host only', () => {
    const server = { alertname: 'PostgresDown', severity: 'critical', instance: 'db1:5432' };

    expect(inhibited({ ...server, host: 'web1' }, hostDown)).toBe(true);
    expect(inhibited({ ...server, host: 'web2' }, hostDown)).toBe(false);
    expect(inhibited(server, hostDown)).toBe(false);
  });

  it('hides the standbys of a cluster without a primary', () => {
    const standby = { alertname: 'PostgresStandbyNotReceiving', severity: 'warning', instance: 'db2:5432' };
    const source = { alertname: 'PostgresNoPrimary', severity: 'critical', cluster: 'shop', env: 'prod' };

    expect(inhibited({ ...standby, cluster: 'shop', env: 'prod' }, source)).toBe(true);
    expect(inhibited({ ...standby, cluster: 'crm', env: 'prod' }, source)).toBe(false);
  });

  it('prefers PostgresDown to ServerUnobserved on one instance', () => {
    const unobserved = { alertname: 'ServerUnobserved', severity: 'critical', instance: 'db1:5432' };
    const down = { alertname: 'PostgresDown', severity: 'critical', instance: 'db1:5432' };

    expect(inhibited(unobserved, down)).toBe(true);
    expect(inhibited(down, unobserved)).toBe(false);
    expect(inhibited(unobserved, { ...down, instance: 'db2:5432' })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { HostReport } from '../exporters/host/report.ts';
import { hostReportText } from './host-report-text.ts';

const EMPTY: HostReport = {
  name: 'db1',
  madeAt: Date.UTC(2026, 0, 2, 3, 4) / 1000,
  recorded: false,
  identity: [],
  age: { built: undefined, years: undefined, evidence: [] },
  findings: [],
  unread: [],
  sudoers: [],
  coverage: { ratio: 1, missing: [] },
};

describe('hostReportText', () => {
  it('is one page, worst first as the report has it', () => {
    const text = hostReportText({
      ...EMPTY,
      recorded: true,
      identity: [
        { name: 'Machine', text: 'Dell PowerEdge R720' },
        { name: 'Memory', text: '128 GiB' },
      ],
      age: {
        built: 'not before 2012-01-01 (cpu)',
        years: 'at most 14.0 years old',
        evidence: ['2013: bought'],
      },
      findings: [
        { severity: 'critical', message: 'Volume 0 is degraded', evidence: ['state{} 1'] },
        { severity: 'info', message: 'Old', evidence: [] },
      ],
      unread: [{ what: 'ipmi-bmc', why: 'needs root', remedy: 'allow: ipmitool mc info' }],
      sudoers: ['pgfleet ALL=(root) NOPASSWD: ipmitool mc info'],
      coverage: { ratio: 0.884, missing: ['memory errors'] },
    });

    expect(text).toBe(`db1, from a capture made 2026-01-02 03:04 UTC

Identity
  Machine  Dell PowerEdge R720
  Memory   128 GiB

Age
  at most 14.0 years old
  built not before 2012-01-01 (cpu)
    2013: bought

Findings: 1 critical, 0 warning, 1 info
  critical  Volume 0 is degraded
              state{} 1
  info      Old

Not read (1)
  ipmi-bmc: needs root
      allow: ipmitool mc info

To allow it, in /etc/sudoers.d/pgfleet on the host (visudo -f)
  pgfleet ALL=(root) NOPASSWD: ipmitool mc info

Coverage: 88 % of what such a machine can tell
  missing: memory errors
`);
  });

  it('says where there is nothing to say', () => {
    const text = hostReportText(EMPTY);

    expect(text).toContain('db1, captured 2026-01-02');
    expect(text).toContain('unknown: nothing bounds when it was built');
    expect(text).toContain('none in what could be read');
    expect(text).toContain('everything that is there was read');
    expect(text).not.toContain('sudoers');
  });
});

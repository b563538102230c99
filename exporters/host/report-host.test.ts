import { describe, expect, it } from 'vitest';
import { createLogger } from '../../lib/log.ts';
import { gauge, type Sample } from '../../lib/metric.ts';
import { noSection } from './capture.ts';
import { renderReport, reportHost } from './report-host.ts';

const sample = (name: string, labels: Readonly<Record<string, string>>, value: number): Sample => ({
  family: gauge(name, 'X.').family,
  labels,
  value,
});
const render = (samples: readonly Sample[], more: Partial<Parameters<typeof renderReport>[0]> = {}) =>
  renderReport({ name: 'db1', samples, sections: [], sudoers: [], ...more });

describe('renderReport', () => {
  it('says who the machine is and how old', () => {
    const page = render([
      sample(
        'pgfleet_host_hardware_info',
        { vendor: 'Dell', product: 'PowerEdge R720', generation: '12G' },
        1,
      ),
      sample('pgfleet_host_cpu_info', { model: 'E5-2660', microarchitecture: 'Sandy Bridge' }, 1),
      sample('pgfleet_host_cpus', { kind: 'socket' }, 2),
      sample('pgfleet_host_cpus', { kind: 'core' }, 16),
      sample(
        'pgfleet_host_built_timestamp_seconds',
        { bound: 'not_before', evidence: 'cpu' },
        Date.UTC(2012, 0, 1) / 1000,
      ),
      sample(
        'pgfleet_host_built_timestamp_seconds',
        { bound: 'not_after', evidence: 'installed_files' },
        Date.UTC(2013, 4, 6) / 1000,
      ),
    ]);

    expect(page).toContain('Machine    Dell PowerEdge R720 12G');
    expect(page).toContain('Processor  2 x, 16 cores, E5-2660 (Sandy Bridge)');
    expect(page).toContain('built not before 2012-01-01 (cpu)');
    expect(page).toContain('built not after 2013-05-06 (installed files)');
  });

  it.each([
    [sample('pgfleet_host_os_support_state', { state: 'ended' }, 1), 'not supported any more'],
    [
      sample('pgfleet_raid_volume_state', { controller: '0', volume: '1', state: 'degraded' }, 1),
      'volume 1 of controller 0 is degraded',
    ],
    [
      sample(
        'pgfleet_disk_annual_failure_probability',
        { device: 'sda', attribute: 'Reallocated_Sector_Ct', bucket: '16-70' },
        0.24,
      ),
      'disk sda fails within a year with 24 % (Reallocated_Sector_Ct 16-70)',
    ],
    [sample('node_edac_uncorrectable_errors_total', { controller: '0' }, 3), 'could not correct'],
    [sample('pgfleet_psu_state', { psu: 'PSU 2', state: 'critical' }, 1), 'power supply PSU 2 is critical'],
    [sample('pgfleet_host_cpu_vulnerabilities_reported', {}, 0), 'older than the fixes'],
  ])('finds what is wrong', (wrong, text) => {
    expect(render([wrong])).toContain(text);
  });

  it.each([
    sample('pgfleet_host_os_support_state', { state: 'ended' }, 0),
    sample('pgfleet_raid_volume_state', { controller: '0', volume: '1', state: 'ok' }, 1),
    sample('pgfleet_disk_annual_failure_probability', { device: 'sda', attribute: 'x', bucket: '0' }, 0.025),
    sample('node_edac_uncorrectable_errors_total', { controller: '0' }, 0),
    sample('pgfleet_psu_state', { psu: 'PSU 1', state: 'critical' }, 0),
  ])('finds nothing wrong in health', (healthy) => {
    expect(render([healthy])).toContain('none in what could be read');
  });

  it('says what could not be read and how to allow it', () => {
    const page = render([], {
      sections: [noSection('dmidecode', 'denied'), noSection('smartctl', 'absent')],
      sudoers: ['pgfleet ALL=(root) NOPASSWD: /usr/sbin/dmidecode'],
    });

    expect(page).toContain('dmidecode: denied');
    expect(page).not.toContain('smartctl');
    expect(page).toContain('  pgfleet ALL=(root) NOPASSWD: /usr/sbin/dmidecode');
  });
});

describe('reportHost', () => {
  it('refuses a host that cannot be reached with its reason', async () => {
    const entry = { name: 'gone', transport: 'capture', capture: { file: '/nonexistent/x.cap' } } as const;
    const log = createLogger({ name: 'test', level: 'silent' });

    await expect(reportHost(entry, { hosts: [] }, { log })).rejects.toMatchObject({ reason: 'file' });
  });
});

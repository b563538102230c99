import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import { inputOf } from '../../../exporters/host/arrival.ts';
import { type Capture, parseCapture } from '../../../exporters/host/capture.ts';
import { loadHostCollectors } from '../../../exporters/host/exporter.ts';
import type { HostCollector } from '../../../exporters/host/host-collector.ts';
import { print } from '../../../test/support/host.ts';
import { composeCapture } from './machine.ts';
import { LEGACY_HOSTS } from './machines.ts';

const NOW = Date.UTC(2026, 7, 22) / 1000;

const catalog = loadCatalog();
let collectors: readonly HostCollector[];
beforeAll(async () => {
  collectors = await loadHostCollectors();
});

interface Outcome {
  readonly capture: Capture;
  /** Samples as printed, and what each failed collector threw. */
  readonly samples: readonly string[];
  readonly failures: Readonly<Record<string, string>>;
}

function scrape(name: string): Outcome {
  const host = LEGACY_HOSTS.find((one) => one.name === name);
  if (host === undefined) throw new Error(`no composed machine ${name}`);
  const text = composeCapture(host.machine, NOW);
  const capture = parseCapture(text);
  const arrival = {
    ...{ capture, bytes: text.length, at: (NOW + 60) * 1000, durationMs: 1 },
    ...{ clock: undefined, live: false },
  };
  const input = inputOf(arrival, catalog);
  const samples: string[] = [];
  const failures: Record<string, string> = {};
  for (const collector of collectors) {
    try {
      for (const sample of collector.samples(input)) samples.push(...print(sample));
    } catch (error) {
      failures[collector.name] = String(error);
    }
  }
  return { capture, samples, failures };
}

describe.each(LEGACY_HOSTS.map(({ name }) => name))('%s', (name) => {
  const outcome = () => scrape(name);

  it('says that it is composed, and carries no serial number that could be real', () => {
    const host = LEGACY_HOSTS.find((one) => one.name === name);
    const text = host === undefined ? '' : composeCapture(host.machine, NOW);

    expect(text).toMatch(/^# Composed for the demo fleet of pgfleet: no such machine exists/);
    const serials = [...text.matchAll(/serial[ _]number"?\s*:\s*"?(?<serial>[^"\n]+)/gi)];
    expect(serials.length).toBeGreaterThan(0);
    for (const { groups } of serials) expect(groups?.['serial']).toMatch(/DEMO|^0+$|^1001$/);
  });

  it('is a whole capture, made just now, that has been up for its uptime', () => {
    const { capture, samples } = outcome();

    expect(capture.complete).toBe(true);
    expect(capture.header).toMatchObject({ time: NOW, machine: 'x86_64' });
    expect(samples).toContain('pgfleet_host_capture_age_seconds 60');
    const boot = samples.find((line) => line.startsWith('node_boot_time_seconds'));
    expect(boot).toBe(`node_boot_time_seconds ${Math.round(NOW - (capture.header?.uptime ?? 0))}`);
  });

  it('has no section that was damaged', () => {
    const { capture } = outcome();

    const statuses = new Set([...capture.sections.values()].map(({ status }) => status));
    for (const status of statuses) expect(['ok', 'empty', 'absent', 'denied']).toContain(status);
  });

  it('has a processor and a model that the catalog knows', () => {
    const { samples } = outcome();

    expect(
      samples.filter((line) => line.startsWith('pgfleet_host_cpu_launch_timestamp_seconds')),
    ).toHaveLength(1);
    expect(
      samples.filter((line) => line.startsWith('pgfleet_host_model_launch_timestamp_seconds')),
    ).toHaveLength(1);
  });
});

describe('what every collector makes of them', () => {
  it('fails for no collector, but those a login without rights cannot feed', () => {
    expect(scrape('hr-dl380g7').failures).toEqual({});
    expect(scrape('dwh-r720').failures).toEqual({});
    expect(scrape('spare-r630').failures).toEqual({});
    for (const [collector, error] of Object.entries(scrape('erp-pe2950').failures)) {
      expect(collector).toMatch(/^ipmi/);
      expect(error).toContain('needs more privileges');
    }
  });

  it('finds the degraded array and the disk that loses data on the PowerEdge 2950', () => {
    const { samples } = scrape('erp-pe2950');

    expect(samples).toEqual(
      expect.arrayContaining([
        'pgfleet_raid_volume_state{controller="megacli:0",volume="0",state="degraded"} 1',
        'pgfleet_raid_drive_state{controller="megacli:0",drive="32:2",state="failed"} 1',
        'pgfleet_raid_volume_write_cache_lost{controller="megacli:0",volume="0"} 1',
        'pgfleet_disk_failure_sign{device="sda_megaraid_3",sign="media_errors"} 1',
        'pgfleet_host_os_support_state{state="ended"} 1',
        'pgfleet_host_cpu_x86_64_level 1',
      ]),
    );
    expect(samples.filter((line) => line.includes('type="DDR2 FB-DIMM"'))).toHaveLength(8);
  });

  it('finds the dying disk and the dead battery of the ProLiant', () => {
    const { samples } = scrape('hr-dl380g7');

    expect(samples).toEqual(
      expect.arrayContaining([
        'pgfleet_raid_drive_predictive_failure{controller="ssacli:0",drive="1I:1:3"} 1',
        'pgfleet_raid_battery_replacement_required{controller="ssacli:0",battery="0"} 1',
        'pgfleet_raid_volume_write_cache_lost{controller="ssacli:0",volume="1"} 1',
        'pgfleet_disk_failure_sign{device="sda_cciss_2",sign="health_failed"} 1',
        'pgfleet_host_os_support_state{state="ended"} 1',
      ]),
    );
  });

  it('finds the memory errors of the PowerEdge R720, and its SSDs a month before their last hour', () => {
    const { samples } = scrape('dwh-r720');

    expect(samples).toEqual(
      expect.arrayContaining([
        'node_edac_correctable_errors_total{controller="0"} 4912',
        'pgfleet_disk_failure_sign{device="bus_0_megaraid_4",sign="hour_limit_near"} 1',
        'pgfleet_disk_failure_sign{device="bus_0_megaraid_5",sign="hour_limit_near"} 1',
      ]),
    );
    const left = samples.find((line) => line.startsWith('pgfleet_disk_hour_limit_seconds'));
    expect(Number(left?.split(' ').at(-1)) / 86_400).toBeCloseTo(27, 0);
  });

  it('finds nothing wrong with the PowerEdge R630', () => {
    const { samples } = scrape('spare-r630');

    const wrong = samples.filter((line) =>
      /(?:failure_sign|predictive_failure|replacement_required|cache_lost|md_degraded)\b.* [1-9]/.test(line),
    );
    expect(wrong).toEqual([]);
    expect(samples).toEqual(
      expect.arrayContaining([
        'pgfleet_host_os_support_state{state="supported"} 1',
        'pgfleet_host_cpu_x86_64_level 3',
        'pgfleet_disk_coverage_ratio{device="sda"} 1',
        'pgfleet_disk_coverage_ratio{device="nvme0"} 1',
      ]),
    );
  });
});

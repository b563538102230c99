import { describe, expect, it } from 'vitest';
import { diskSections, smartctlFixture } from '../../../test/support/disks.ts';
import { collect } from '../../../test/support/host.ts';
import { collector } from './disk-health.ts';

describe('disk_health', () => {
  it('decodes the attributes of a SATA disk', () => {
    const lines = collect(collector, diskSections({ '/dev/sda': 'sata-hdd.txt' }));

    expect(lines).toEqual([
      'pgfleet_disk_condition{device="sda",condition="read"} 1',
      'pgfleet_disk_condition{device="sda",condition="standby"} 0',
      'pgfleet_disk_condition{device="sda",condition="failed"} 0',
      ...noFindings('sda'),
      'pgfleet_disk_info{device="sda",kind="physical",medium="hdd",protocol="ATA",model="ST4000CM0033-9ZM170",firmware="SN05"} 1',
      'pgfleet_disk_attribute{device="sda",attribute_id="1",attribute="read_errors"} 0',
      'pgfleet_disk_attribute{device="sda",attribute_id="5",attribute="reallocated_sectors"} 2760',
      'pgfleet_disk_attribute{device="sda",attribute_id="7",attribute="seek_errors"} 5',
      'pgfleet_disk_attribute{device="sda",attribute_id="9",attribute="power_on_seconds"} 275724000',
      'pgfleet_disk_attribute{device="sda",attribute_id="12",attribute="power_cycles"} 48',
      'pgfleet_disk_attribute{device="sda",attribute_id="187",attribute="reported_uncorrectable"} 8',
      'pgfleet_disk_attribute{device="sda",attribute_id="188",attribute="command_timeouts"} 5',
      'pgfleet_disk_attribute{device="sda",attribute_id="190",attribute="airflow_temperature_celsius"} 41',
      'pgfleet_disk_attribute_failed{device="sda",attribute_id="190",attribute_name="Airflow_Temperature_Cel",when="past"} 1',
      'pgfleet_disk_attribute{device="sda",attribute_id="194",attribute="temperature_celsius"} 41',
      'pgfleet_disk_attribute{device="sda",attribute_id="197",attribute="pending_sectors"} 16',
      'pgfleet_disk_attribute{device="sda",attribute_id="198",attribute="offline_uncorrectable"} 16',
      'pgfleet_disk_attribute{device="sda",attribute_id="199",attribute="interface_crc_errors"} 0',
      'pgfleet_disk_media_errors_total{device="sda"} 8',
    ]);
  });

  it('says which bits of the exit status are set', () => {
    const lines = collect(collector, diskSections({ '/dev/sda': 'sata-hdd.json' }));

    expect(
      lines.filter((line) => line.startsWith('pgfleet_disk_smartctl_finding') && line.endsWith(' 1')),
    ).toEqual([
      'pgfleet_disk_smartctl_finding{device="sda",finding="attribute_failed_in_past"} 1',
      'pgfleet_disk_smartctl_finding{device="sda",finding="error_log_has_errors"} 1',
      'pgfleet_disk_smartctl_finding{device="sda",finding="self_test_log_has_errors"} 1',
    ]);
  });

  it('tells a SAS disk and its slot', () => {
    const lines = collect(collector, diskSections({ '/dev/sda:megaraid,8': 'sas-hdd.txt' }));

    expect(lines.filter((line) => !/condition|finding/.test(line))).toEqual([
      'pgfleet_disk_info{device="sda_megaraid_8",kind="physical",medium="hdd",protocol="SCSI",controller="megaraid",slot="8",model="COMPOSED CX600MM0088",firmware="N004"} 1',
      'pgfleet_disk_media_errors_total{device="sda_megaraid_8"} 2',
      // Monday of week 28 of 2014.
      `pgfleet_disk_manufactured_timestamp_seconds{device="sda_megaraid_8"} ${Date.UTC(2014, 6, 7) / 1000}`,
      'pgfleet_disk_scsi_non_medium_errors_total{device="sda_megaraid_8"} 17',
      'pgfleet_disk_scsi_uncorrected_errors_total{device="sda_megaraid_8",operation="read"} 2',
      'pgfleet_disk_scsi_corrected_errors_total{device="sda_megaraid_8",operation="read"} 1410362934',
      'pgfleet_disk_scsi_uncorrected_errors_total{device="sda_megaraid_8",operation="write"} 0',
      'pgfleet_disk_scsi_corrected_errors_total{device="sda_megaraid_8",operation="write"} 20',
      'pgfleet_disk_scsi_uncorrected_errors_total{device="sda_megaraid_8",operation="verify"} 0',
      'pgfleet_disk_scsi_corrected_errors_total{device="sda_megaraid_8",operation="verify"} 274134',
    ]);
  });

  it('tells an NVMe disk with its warnings', () => {
    const lines = collect(collector, diskSections({ '/dev/nvme0': 'nvme.json' }));

    expect(lines.filter((line) => !/condition|finding|info/.test(line))).toEqual([
      'pgfleet_disk_endurance_used_ratio{device="nvme0"} 1.03',
      'pgfleet_disk_media_errors_total{device="nvme0"} 3',
      'pgfleet_disk_nvme_warning{device="nvme0",warning="spare_below_threshold"} 1',
      'pgfleet_disk_nvme_warning{device="nvme0",warning="temperature"} 0',
      'pgfleet_disk_nvme_warning{device="nvme0",warning="reliability_degraded"} 0',
      'pgfleet_disk_nvme_warning{device="nvme0",warning="read_only"} 0',
      'pgfleet_disk_nvme_warning{device="nvme0",warning="volatile_memory_backup_failed"} 0',
      'pgfleet_disk_nvme_warning{device="nvme0",warning="persistent_memory_unreliable"} 0',
      'pgfleet_disk_nvme_sensor_celsius{device="nvme0",sensor="1"} 44',
      'pgfleet_disk_nvme_sensor_celsius{device="nvme0",sensor="2"} 57',
      'pgfleet_disk_nvme_over_temperature_seconds_total{device="nvme0",limit="warning"} 660',
      'pgfleet_disk_nvme_over_temperature_seconds_total{device="nvme0",limit="critical"} 420',
      'pgfleet_disk_nvme_unsafe_shutdowns_total{device="nvme0"} 6',
    ]);
  });

  it('judges no disk by the volume of a controller', () => {
    const volume = smartctlFixture('sas-hdd.txt').replace('CX600MM0088', 'LOGICAL VOLUME');
    const lines = collect(collector, { smartctl: 'x\n', 'smartctl:/dev/sda': volume });

    expect(lines.filter((line) => !/condition|finding/.test(line))).toEqual([
      expect.stringMatching(/^pgfleet_disk_info\{device="sda",kind="volume",/),
    ]);
  });

  it('calls no volume unreadable that wants to be asked for its members', () => {
    const refusal =
      "smartctl 7.0\n\nSmartctl open device: /dev/sda failed: DELL or MegaRaid controller, please try adding '-d megaraid,N'\n";

    expect(
      collect(collector, { smartctl: 'x\n', 'smartctl:/dev/sda': { output: refusal, exitCode: 2 } }),
    ).toEqual([]);
  });

  it('shows a disk that hangs', () => {
    const lines = collect(collector, {
      smartctl: 'x\n',
      'smartctl:/dev/sda:megaraid,3': { status: 'timeout', output: '' },
    });

    expect(lines).toContain('pgfleet_disk_condition{device="sda_megaraid_3",condition="failed"} 1');
  });
});

function noFindings(device: string): string[] {
  return [
    'command_line_failed',
    'open_failed',
    'command_failed',
    'disk_failing',
    'prefail_attribute_failed',
    'attribute_failed_in_past',
    'error_log_has_errors',
    'self_test_log_has_errors',
  ].map((finding) => `pgfleet_disk_smartctl_finding{device="${device}",finding="${finding}"} 0`);
}

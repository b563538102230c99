import { type ComposedSection, command } from './capture-text.ts';

/** A SATA SSD on a port of its own. */
export interface SataFlash {
  readonly device: string;
  readonly family: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly gigabytes: number;
  readonly powerOnHours: number;
  readonly powerCycles: number;
  readonly celsius: number;
  /** Life left as the attribute counts it, from 100 down. */
  readonly wearIndicator: number;
}

/** An NVMe disk. */
export interface NvmeDisk {
  readonly device: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly gigabytes: number;
  readonly powerOnHours: number;
  readonly powerCycles: number;
  readonly celsius: number;
  readonly percentageUsed: number;
}

const QUESTION = '/usr/sbin/smartctl -n standby -j -l ssd -i -H -A -l error -l selftest';
const SMARTCTL = {
  version: [7, 2],
  svn_revision: '5155',
  platform_info: 'x86_64-linux-5.14.0-503.14.1.el9_5.x86_64',
  build_info: '(local build)',
  exit_status: 0,
};

/** The JSON of smartctl 7.2 for a healthy SATA SSD. */
export function sataFlash(disk: SataFlash): ComposedSection {
  const { device, family, model, serial, firmware, gigabytes, powerOnHours, powerCycles, celsius } = disk;
  const document = {
    json_format_version: [1, 0],
    smartctl: SMARTCTL,
    device: { name: device, info_name: `${device} [SAT]`, type: 'sat', protocol: 'ATA' },
    model_family: family,
    model_name: model,
    serial_number: serial,
    firmware_version: firmware,
    user_capacity: { blocks: (gigabytes * 1e9) / 512, bytes: gigabytes * 1e9 },
    logical_block_size: 512,
    physical_block_size: 4096,
    rotation_rate: 0,
    form_factor: { ata_value: 3, name: '2.5 inches' },
    ata_version: { string: 'ACS-3 T13/2161-D revision 5' },
    sata_version: { string: 'SATA 3.2' },
    interface_speed: {
      max: { string: '6.0 Gb/s', units_per_second: 60, bits_per_unit: 100_000_000 },
      current: { string: '6.0 Gb/s', units_per_second: 60, bits_per_unit: 100_000_000 },
    },
    smart_status: { passed: true },
    ata_smart_attributes: {
      revision: 1,
      table: [
        attribute(5, 'Reallocated_Sector_Ct', 100, 0),
        attribute(9, 'Power_On_Hours', 100, powerOnHours),
        attribute(12, 'Power_Cycle_Count', 100, powerCycles),
        attribute(184, 'End-to-End_Error', 100, 0),
        attribute(187, 'Reported_Uncorrect', 100, 0),
        attribute(194, 'Temperature_Celsius', 100, celsius),
        attribute(197, 'Current_Pending_Sector', 100, 0),
        attribute(199, 'CRC_Error_Count', 100, 0),
        attribute(232, 'Available_Reservd_Space', 100, 0),
        attribute(233, 'Media_Wearout_Indicator', disk.wearIndicator, 0),
      ],
    },
    power_on_time: { hours: powerOnHours },
    power_cycle_count: powerCycles,
    temperature: { current: celsius },
    ata_smart_error_log: { summary: { revision: 1, count: 0 } },
    ata_smart_self_test_log: { standard: { revision: 1, count: 1, error_count_total: 0 } },
  };
  return command(`smartctl:${device}`, `${QUESTION} ${device}`, JSON.stringify(document, null, 2));
}

function attribute(id: number, name: string, value: number, raw: number) {
  return {
    ...{ id, name, value, worst: value, thresh: 0, when_failed: '' },
    flags: { value: 50, string: '-O--CK ' },
    raw: { value: raw, string: String(raw) },
  };
}

/** The JSON of smartctl 7.2 for a healthy NVMe disk. */
export function nvmeDisk(disk: NvmeDisk): ComposedSection {
  const { device, model, serial, firmware, gigabytes, powerOnHours, powerCycles, celsius } = disk;
  const document = {
    json_format_version: [1, 0],
    smartctl: SMARTCTL,
    device: { name: device, info_name: device, type: 'nvme', protocol: 'NVMe' },
    model_name: model,
    serial_number: serial,
    firmware_version: firmware,
    nvme_total_capacity: gigabytes * 1e9,
    user_capacity: { blocks: (gigabytes * 1e9) / 512, bytes: gigabytes * 1e9 },
    logical_block_size: 512,
    smart_status: { passed: true, nvme: { value: 0 } },
    nvme_smart_health_information_log: {
      critical_warning: 0,
      temperature: celsius,
      available_spare: 100,
      available_spare_threshold: 10,
      percentage_used: disk.percentageUsed,
      data_units_read: 91_204_471,
      data_units_written: 70_118_206,
      power_cycles: powerCycles,
      power_on_hours: powerOnHours,
      unsafe_shutdowns: 3,
      media_errors: 0,
      num_err_log_entries: 0,
      warning_temp_time: 0,
      critical_comp_time: 0,
    },
    temperature: { current: celsius },
    power_cycle_count: powerCycles,
    power_on_time: { hours: powerOnHours },
  };
  return command(`smartctl:${device}`, `${QUESTION} ${device}`, JSON.stringify(document, null, 2));
}

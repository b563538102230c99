/**
 * Source: smartctl -n standby -i -H -A -l error -l selftest per device and RAID member,
 *         https://www.smartmontools.org/browser/trunk/smartmontools/smartctl.8.in;
 *         names and labels as https://github.com/prometheus-community/smartctl_exporter
 * Shape:  a JSON document of smartctl 7, or the text of 5 and 6: "Device Model: ST4000NM0033", "Power_On_Hours ... 76590"
 * Units:  hours -> seconds; gigabits -> bits; thousands of 512 bytes and gigabytes -> bytes
 * Needs:  smartctl 5.3 or later as root; -n standby leaves sleeping disks asleep
 * Cost:   0.1 to 1 s per disk, every 15 minutes
 * Absent when: smartctl is not installed; a quantity the disk does not report gives no series (the peer gives 0)
 */
import { counter, gauge, type Sample } from '../../../lib/metric.ts';
import { type Disk, disksOf, hasDiskTool } from '../formats/disk-list.ts';
import type { SmartReport } from '../formats/smartctl-report.ts';
import type { HostCollector } from '../host-collector.ts';

const version = gauge('smartctl_version', 'Version of smartctl on the host, always 1.', [
  'json_format_version',
  'smartctl_version',
  'svn_revision',
  'build_info',
]);
const devices = gauge('smartctl_devices', 'Number of devices found.');
const info = gauge('smartctl_device', 'Identity of a device, always 1.', [
  'device',
  'interface',
  'protocol',
  'model_family',
  'model_name',
  'serial_number',
  'ata_additional_product_id',
  'firmware_version',
  'ata_version',
  'sata_version',
  'form_factor',
  'scsi_vendor',
  'scsi_product',
  'scsi_revision',
  'scsi_version',
]);
const capacityBlocks = gauge('smartctl_device_capacity_blocks', 'Capacity in logical blocks.', ['device']);
const capacityBytes = gauge('smartctl_device_capacity_bytes', 'Capacity in bytes.', ['device']);
const nvmeCapacity = gauge(
  'smartctl_device_nvme_capacity_bytes',
  'Capacity of a whole NVMe device in bytes.',
  ['device'],
);
const blockSize = gauge('smartctl_device_block_size', 'Size of a logical or physical block in bytes.', [
  'device',
  'blocks_type',
]);
const interfaceSpeed = gauge(
  'smartctl_device_interface_speed',
  'Speed of the interface in bits per second.',
  ['device', 'speed_type'],
);
const powerOn = counter('smartctl_device_power_on_seconds', 'Time the device was powered on.', ['device']);
const rotationRate = gauge('smartctl_device_rotation_rate', 'Revolutions per minute, absent for flash.', [
  'device',
]);
const temperature = gauge('smartctl_device_temperature', 'Temperatures and their limits in Celsius.', [
  'device',
  'temperature_type',
]);
const powerCycles = counter('smartctl_device_power_cycle_count', 'How often the device was powered on.', [
  'device',
]);
const smartStatus = gauge('smartctl_device_smart_status', "The device's own verdict: 1 passed, 0 failed.", [
  'device',
]);
const exitStatus = gauge('smartctl_device_smartctl_exit_status', 'Exit status of smartctl, a bit mask.', [
  'device',
]);
const state = gauge(
  'smartctl_device_state',
  'State of the device (0=active, 1=standby, 2=sleep, 3=dst, 4=offline, 5=sct).',
  ['device'],
);
const recovery = gauge('smartctl_device_erc_seconds', 'Longest time for recovering from an error.', [
  'device',
  'op_type',
]);
const bytesRead = counter(
  'smartctl_device_bytes_read',
  'Bytes the host has read from an NVMe or SCSI device.',
  ['device'],
);
const bytesWritten = counter(
  'smartctl_device_bytes_written',
  'Bytes the host has written to an NVMe or SCSI device.',
  ['device'],
);

export const collector = {
  name: 'smartctl',
  help: 'Which disks the host has, how old and how warm they are, and what they think of themselves.',
  metrics: [
    version,
    devices,
    info,
    capacityBlocks,
    capacityBytes,
    nvmeCapacity,
    blockSize,
    interfaceSpeed,
    powerOn,
    rotationRate,
    temperature,
    powerCycles,
    smartStatus,
    exitStatus,
    state,
    recovery,
    bytesRead,
    bytesWritten,
  ],
  sections: ['smartctl'],
  tier: 'disks',
  *samples(input) {
    if (!hasDiskTool(input)) return;
    const disks = disksOf(input);
    const build = disks.find(({ report }) => report.smartctl.version !== undefined)?.report.smartctl;
    if (build !== undefined) {
      yield version(
        {
          json_format_version: build.jsonFormatVersion ?? '',
          smartctl_version: build.version ?? '',
          svn_revision: build.svnRevision ?? '',
          build_info: build.buildInfo ?? '',
        },
        1,
      );
    }
    yield devices(disks.length);
    for (const disk of disks) yield* samplesOf(disk);
  },
} satisfies HostCollector;

function* samplesOf(disk: Disk): Generator<Sample> {
  const { device, report } = disk;
  yield exitStatus({ device }, report.exitStatus);
  if (report.condition !== 'read') return;
  yield info(labelsOf(disk), 1);
  yield* sizes(device, report);
  yield powerOn({ device }, report.powerOnSeconds);
  yield rotationRate({ device }, report.rotationRate === 0 ? undefined : report.rotationRate);
  for (const [kind, celsius] of report.temperatures)
    yield temperature({ device, temperature_type: kind }, celsius);
  yield powerCycles({ device }, report.powerCycles);
  yield smartStatus({ device }, report.healthPassed === undefined ? undefined : Number(report.healthPassed));
  yield state({ device }, report.sctState);
  for (const [operation, seconds] of report.errorRecoverySeconds)
    yield recovery({ device, op_type: operation }, seconds);
  const { read, written } = bytesMoved(report);
  yield bytesRead({ device }, read);
  yield bytesWritten({ device }, written);
}

function labelsOf({ device, type, report }: Disk) {
  const { identity, device: named } = report;
  return {
    device,
    interface: type ?? named.type ?? named.protocol?.toLowerCase() ?? '',
    protocol: named.protocol ?? '',
    // The words smartctl_exporter has for what smartctl does not say.
    model_family: identity.modelFamily ?? 'unknown',
    model_name: identity.modelName ?? 'unknown',
    serial_number: identity.serialNumber ?? '',
    ata_additional_product_id: identity.ataAdditionalProductId ?? 'unknown',
    firmware_version: named.protocol === 'SCSI' ? '' : (identity.firmwareVersion ?? ''),
    ata_version: identity.ataVersion ?? '',
    sata_version: identity.sataVersion ?? '',
    form_factor: identity.formFactor ?? '',
    scsi_vendor: identity.scsiVendor ?? '',
    scsi_product: identity.scsiProduct ?? '',
    scsi_revision: identity.scsiRevision ?? '',
    scsi_version: identity.scsiVersion ?? '',
  };
}

function* sizes(device: string, report: SmartReport): Generator<Sample> {
  const { capacityBytes: bytes, logicalBlockSize: logical, physicalBlockSize: physical } = report;
  const blocks = bytes === undefined || logical === undefined ? undefined : Math.floor(bytes / logical);
  yield capacityBlocks({ device }, blocks);
  yield capacityBytes({ device }, bytes);
  yield nvmeCapacity({ device }, report.nvmeCapacityBytes);
  yield blockSize({ device, blocks_type: 'logical' }, logical);
  yield blockSize({ device, blocks_type: 'physical' }, physical);
  yield interfaceSpeed({ device, speed_type: 'max' }, report.interfaceSpeed.max);
  yield interfaceSpeed({ device, speed_type: 'current' }, report.interfaceSpeed.current);
}

function bytesMoved({ nvme, scsi }: SmartReport): { read: number | undefined; written: number | undefined } {
  // NVMe counts thousands of 512 bytes whatever its block size is, and 0 stands for "not reported".
  const units = (count: number | undefined) =>
    count === undefined || count === 0 ? undefined : count * 512_000;
  const gigabytes = (count: number | undefined) =>
    count === undefined ? undefined : Math.round(count * 1e9);
  return {
    read: units(nvme?.dataUnitsRead) ?? gigabytes(scsi?.counters.get('read')?.gigabytesProcessed),
    written: units(nvme?.dataUnitsWritten) ?? gigabytes(scsi?.counters.get('write')?.gigabytesProcessed),
  };
}

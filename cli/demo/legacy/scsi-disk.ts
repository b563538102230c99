import { type ComposedSection, command } from './capture-text.ts';

/** A SAS disk behind a RAID controller, as smartctl prints it. */
export interface ScsiDisk {
  /** How smartctl reaches it: "/dev/sda", "megaraid,0". */
  readonly device: string;
  readonly type: string;
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
  readonly serial: string;
  readonly gigabytes: number;
  /** 0 for flash. */
  readonly rotationRate: number;
  readonly powerOnHours: number;
  readonly celsius: number;
  readonly made: { readonly year: number; readonly week: number };
  readonly grownDefects: number;
  readonly readErrors: { readonly corrected: number; readonly uncorrected: number };
  readonly nonMediumErrors: number;
  /** What the disk itself says when it expects to fail. */
  readonly failure?: string;
  /** Share of the rated writes used up, in percent, for flash. */
  readonly percentUsed?: number;
}

export const SMARTCTL_5 = 'smartctl 5.42 2011-10-20 r3458 [x86_64-linux-2.6.18-398.el5] (local build)';
export const SMARTCTL_543 =
  'smartctl 5.43 2012-06-30 r3573 [x86_64-linux-2.6.32-220.el6.x86_64] (local build)';

const QUESTION = '/usr/sbin/smartctl -n standby';

/** The text of smartctl 5, which has no JSON. */
export function scsiDiskText(disk: ScsiDisk, version: string): ComposedSection {
  const { device, type, vendor, product, revision, serial, gigabytes, failure } = disk;
  const bytes = (gigabytes * 1_000_000_000).toLocaleString('en');
  const output = `${version}
Copyright (C) 2002-12 by Bruce Allen, http://smartmontools.sourceforge.net

Vendor:               ${vendor}
Product:              ${product}
Revision:             ${revision}
User Capacity:        ${bytes} bytes [${gigabytes} GB]
Logical block size:   512 bytes
Serial number:        ${serial}
Device type:          disk
Transport protocol:   SAS
Device supports SMART and is Enabled
Temperature Warning Enabled
SMART Health Status: ${failure ?? 'OK'}

Current Drive Temperature:     ${disk.celsius} C
Drive Trip Temperature:        68 C
Manufactured in week ${String(disk.made.week).padStart(2, '0')} of year ${disk.made.year}
Elements in grown defect list: ${disk.grownDefects}
Vendor (Seagate) cache information
  Blocks sent to initiator = 3120442116
Vendor (Seagate/Hitachi) factory information
  number of hours powered up = ${disk.powerOnHours.toFixed(2)}
  number of minutes until next internal SMART test = 41

Error counter log:
           Errors Corrected by           Total   Correction     Gigabytes    Total
               ECC          rereads/    errors   algorithm      processed    uncorrected
           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors
read:   ${counters(disk.readErrors.corrected, 181_204.117, disk.readErrors.uncorrected)}
write:  ${counters(0, 92_114.902, 0)}

Non-medium error count:${String(disk.nonMediumErrors).padStart(9)}
No self-tests have been logged
`;
  const code = failure === undefined ? 0 : 8;
  return command(`smartctl:${device}:${type}`, `${QUESTION} ${WHAT} -d ${type} ${device}`, output, {
    code,
    seconds: 0.9,
  });
}

/** A slot whose disk does not answer any more. */
export function silentDisk(device: string, type: string, version: string): ComposedSection {
  const place = `${device} [${type.replace(',', '_disk_')}]`;
  const output = `${version}
Copyright (C) 2002-12 by Bruce Allen, http://smartmontools.sourceforge.net

Smartctl open device: ${place} failed: INQUIRY failed
`;
  const line = `${QUESTION} ${WHAT} -d ${type} ${device}`;
  return command(`smartctl:${device}:${type}`, line, output, { code: 2, seconds: 1.2 });
}

const WHAT = '-i -H -A -l error -l selftest';

/** Fast, delayed, rewrites, all, invocations, gigabytes, uncorrected. */
function counters(corrected: number, gigabytes: number, uncorrected: number): string {
  const numbers = [corrected, 0, 0, corrected, corrected];
  const cells = numbers.map((value) => String(value).padStart(10));
  return `${cells.join('')}${gigabytes.toFixed(3).padStart(14)}${String(uncorrected).padStart(12)}`;
}

/** The JSON of smartctl 7.0, which CentOS 7.7 brought. */
export function scsiDiskJson(disk: ScsiDisk): ComposedSection {
  const { device, type, vendor, product, revision, serial, readErrors, failure } = disk;
  const flash = disk.rotationRate === 0;
  const document = {
    json_format_version: [1, 0],
    smartctl: {
      version: [7, 0],
      svn_revision: '4883',
      platform_info: 'x86_64-linux-3.10.0-1160.el7.x86_64',
      build_info: '(local build)',
      exit_status: failure === undefined ? 0 : 8,
    },
    device: { name: device, info_name: `${device} [${type.replace(',', '_disk_')}]`, type, protocol: 'SCSI' },
    vendor,
    product,
    model_name: `${vendor} ${product}`,
    revision,
    scsi_version: 'SPC-4',
    user_capacity: { blocks: (disk.gigabytes * 1e9) / 512, bytes: disk.gigabytes * 1e9 },
    logical_block_size: 512,
    rotation_rate: disk.rotationRate,
    form_factor: { scsi_value: 3, name: '2.5 inches' },
    serial_number: serial,
    device_type: { scsi_value: 0, name: 'disk' },
    smart_status: { passed: failure === undefined },
    temperature: { current: disk.celsius, drive_trip: 65 },
    power_on_time: { hours: disk.powerOnHours, minutes: 12 },
    scsi_start_stop_cycle_counter: {
      year_of_manufacture: String(disk.made.year),
      week_of_manufacture: String(disk.made.week).padStart(2, '0'),
    },
    scsi_grown_defect_list: disk.grownDefects,
    ...(flash ? { scsi_percentage_used_endurance_indicator: disk.percentUsed } : {}),
    scsi_error_counter_log: {
      read: counterDocument(readErrors.corrected, '148212.004', readErrors.uncorrected),
      write: counterDocument(0, '97120.448', 0),
    },
    scsi_self_test_0: {
      code: { value: 1, string: 'Background short' },
      result: { value: 0, string: 'Completed' },
    },
  };
  return command(
    `smartctl:${device}:${type}`,
    `${QUESTION} -j -l ssd ${WHAT} -d ${type} ${device}`,
    JSON.stringify(document, null, 2),
    { code: document.smartctl.exit_status, seconds: 0.4 },
  );
}

function counterDocument(corrected: number, gigabytes: string, uncorrected: number) {
  return {
    errors_corrected_by_eccfast: corrected,
    errors_corrected_by_eccdelayed: 0,
    errors_corrected_by_rereads_rewrites: 0,
    total_errors_corrected: corrected,
    correction_algorithm_invocations: 0,
    gigabytes_processed: gigabytes,
    total_uncorrected_errors: uncorrected,
  };
}

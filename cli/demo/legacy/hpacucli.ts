import { type ComposedSection, command } from './capture-text.ts';

/** A Smart Array controller as hpacucli, the ssacli of its time, tells of it. */
export interface SmartArray {
  readonly model: string;
  readonly slot: number;
  readonly serial: string;
  readonly firmware: string;
  readonly celsius: number;
  readonly cacheMegabytes: number;
  readonly cacheStatus: string;
  readonly cacheDetails: string;
  readonly batteryStatus: string;
  readonly volume: {
    readonly size: string;
    readonly level: string;
    readonly status: string;
    readonly device: string;
  };
  readonly drives: readonly SmartArrayDrive[];
}

export interface SmartArrayDrive {
  readonly bay: number;
  readonly spare: boolean;
  readonly status: string;
  readonly gigabytes: number;
  readonly rotationRate: number;
  readonly firmware: string;
  readonly serial: string;
  readonly model: string;
  readonly celsius: number;
}

/** `hpacucli ctrl all show config detail`. */
export function hpacucli(controller: SmartArray): ComposedSection {
  const { volume, drives } = controller;
  const output = `
${controller.model} in Slot ${controller.slot} (Embedded)
   Bus Interface: PCI
   Slot: ${controller.slot}
   Serial Number: ${controller.serial}
   RAID 6 (ADG) Status: Disabled
   Controller Status: OK
   Hardware Revision: C
   Firmware Version: ${controller.firmware}
   Rebuild Priority: Medium
   Cache Board Present: True
   Cache Status: ${controller.cacheStatus}
   Cache Status Details: ${controller.cacheDetails}
   Cache Ratio: 25% Read / 75% Write
   Drive Write Cache: Disabled
   Total Cache Size: ${controller.cacheMegabytes} MB
   No-Battery Write Cache: Disabled
   Cache Backup Power Source: Batteries
   Battery/Capacitor Count: 1
   Battery/Capacitor Status: ${controller.batteryStatus}
   SATA NCQ Supported: True
   Controller Temperature (C): ${controller.celsius}

   Array: A
      Interface Type: SAS
      Unused Space: 0 MB
      Status: OK

      Logical Drive: 1
         Size: ${volume.size}
         Fault Tolerance: RAID ${volume.level}
         Strip Size: 256 KB
         Status: ${volume.status}
         Caching: Enabled
         Disk Name: ${volume.device}
         Logical Drive Label: A0000001DEMO

${drives.map(driveText).join('\n\n')}
`;
  return command('ssacli:config', '/usr/sbin/hpacucli ctrl all show config detail', output, { seconds: 4.6 });
}

function driveText(drive: SmartArrayDrive): string {
  const { bay, spare, status, gigabytes, rotationRate, firmware, serial, model, celsius } = drive;
  return `      physicaldrive 1I:1:${bay}
         Port: 1I
         Box: 1
         Bay: ${bay}
         Status: ${status}
         Drive Type: ${spare ? 'Spare' : 'Data'} Drive
         Interface Type: SAS
         Size: ${gigabytes} GB
         Rotational Speed: ${rotationRate}
         Firmware Revision: ${firmware}
         Serial Number: ${serial}
         Model: HP      ${model}
         Current Temperature (C): ${celsius}
         PHY Count: 2`;
}

import { type ComposedSection, command } from './capture-text.ts';

/** An LSI controller of 2007 to 2013 as MegaCli tells of it. */
export interface MegaRaid {
  readonly product: string;
  readonly serial: string;
  readonly firmware: string;
  readonly memoryMegabytes: number;
  readonly volumes: readonly MegaRaidVolume[];
  readonly drives: readonly MegaRaidDrive[];
  readonly battery: MegaRaidBattery;
}

export interface MegaRaidVolume {
  readonly id: number;
  readonly name: string;
  readonly level: 1 | 5;
  readonly size: string;
  readonly state: 'Optimal' | 'Degraded';
  readonly drives: number;
  readonly writeBack: boolean;
}

export interface MegaRaidDrive {
  readonly slot: number;
  readonly group: number;
  readonly arm: number;
  readonly state: string;
  readonly mediaErrors: number;
  readonly otherErrors: number;
  readonly predictiveFailures: number;
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
  readonly serial: string;
  readonly celsius: number;
}

export interface MegaRaidBattery {
  readonly replace: boolean;
  readonly charge: number;
  readonly fullMilliampereHours: number;
  readonly designMilliampereHours: number;
  readonly made: string;
}

const TOOL = '/opt/MegaRAID/MegaCli/MegaCli64';

/** Every question capture.sh asks MegaCli. */
export function megacli(controller: MegaRaid): ComposedSection[] {
  const ask = (name: string, question: string, output: string, seconds: number) =>
    command(`megacli:${name}`, `${TOOL} ${question} -aALL -NoLog`, `${output}\n\nExit Code: 0x00`, {
      seconds,
    });
  return [
    ask('adapters', '-AdpAllInfo', adapter(controller), 1.9),
    ask('volumes', '-LDPDInfo', volumes(controller), 2.4),
    ask('drives', '-PDList', `Adapter #0\n\n${controller.drives.map(drive).join('\n\n\n')}`, 2.2),
    ask('batteries', '-AdpBbuCmd', battery(controller.battery), 1.1),
  ];
}

function adapter({ product, serial, firmware, memoryMegabytes, volumes: all, drives }: MegaRaid): string {
  const degraded = all.filter(({ state }) => state === 'Degraded').length;
  const failed = drives.filter(({ state }) => state === 'Failed').length;
  return `
Adapter #0

==============================================================================
                    Versions
                ================
Product Name    : ${product}
Serial No       : ${serial}
FW Package Build: ${firmware}

                HW Configuration
                ================
BBU              : Present
Alarm            : Absent
Memory           : Present
Memory Size      : ${memoryMegabytes}MB

                Status
                ================
Memory Correctable Errors            : 0
Memory Uncorrectable Errors          : 0

                Device Present
                ================
Virtual Drives    : ${all.length}
  Degraded        : ${degraded}
  Offline         : 0
Physical Devices  : ${drives.length + 1}
  Disks           : ${drives.length}
  Critical Disks  : 0
  Failed Disks    : ${failed}`;
}

function volumes({ volumes: all, drives }: MegaRaid): string {
  const texts = all.map((volume) => {
    const members = drives.filter(({ group }) => group === volume.id);
    const listed = members.map((member, index) => `PD: ${index} Information\n${drive(member)}`);
    return `${volumeText(volume)}\nNumber of Spans: 1\nSpan: 0 - Number of PDs: ${members.length}\n\n${listed.join('\n\n')}`;
  });
  return `Adapter #0\n\nNumber of Virtual Disks: ${all.length}\n${texts.join('\n\n\n')}`;
}

function volumeText({ id, name, level, size, state, drives, writeBack }: MegaRaidVolume): string {
  const policy = (write: string) => `${write}, ReadAdaptive, Direct, No Write Cache if Bad BBU`;
  return `Virtual Drive: ${id} (Target Id: ${id})
Name                :${name}
RAID Level          : Primary-${level}, Secondary-0, RAID Level Qualifier-${level === 5 ? 3 : 0}
Size                : ${size}
State               : ${state}
Strip Size          : 64 KB
Number Of Drives    : ${drives}
Span Depth          : 1
Default Cache Policy: ${policy('WriteBack')}
Current Cache Policy: ${policy(writeBack ? 'WriteBack' : 'WriteThrough')}
Access Policy       : Read/Write
Disk Cache Policy   : Disk's Default
Encryption Type     : None`;
}

function drive(one: MegaRaidDrive): string {
  const { slot, group, arm, state, mediaErrors, otherErrors, predictiveFailures, celsius } = one;
  const inquiry = `${one.vendor.padEnd(8)}${one.product.padEnd(16)}${one.revision.padEnd(4)}${one.serial}`;
  return `Enclosure Device ID: 32
Slot Number: ${slot}
Drive's postion: DiskGroup: ${group}, Span: 0, Arm: ${arm}
Enclosure position: 0
Device Id: ${slot}
Sequence Number: 2
Media Error Count: ${mediaErrors}
Other Error Count: ${otherErrors}
Predictive Failure Count: ${predictiveFailures}
PD Type: SAS
Raw Size: 279.396 GB [0x22ecb25c Sectors]
Firmware state: ${state}
Connected Port Number: 0(path0)
Inquiry Data: ${inquiry.padEnd(52)}
FDE Capable: Not Capable
Foreign State: None
Media Type: Hard Disk Device
Drive Temperature :${celsius}C (${(celsius * 1.8 + 32).toFixed(2)} F)
Drive has flagged a S.M.A.R.T alert : ${predictiveFailures > 0 ? 'Yes' : 'No'}`;
}

function battery(one: MegaRaidBattery): string {
  const yesNo = (value: boolean) => (value ? 'Yes' : 'No');
  return `BBU status for Adapter: 0

BatteryType: BBU
Voltage: 4012 mV
Current: 0 mA
Temperature: 37 C

BBU Firmware Status:

  Charging Status              : None
  Temperature                  : OK
  Learn Cycle Requested        : No
  Learn Cycle Active           : No
  Battery Pack Missing         : No
  Battery Replacement required : ${yesNo(one.replace)}
  Remaining Capacity Low       : ${yesNo(one.replace)}

Relative State of Charge: ${one.charge} %

BBU Capacity Info for Adapter: 0

  Relative State of Charge: ${one.charge} %
  Full Charge Capacity: ${one.fullMilliampereHours} mAh

BBU Design Info for Adapter: 0

  Date of Manufacture: ${one.made}
  Design Capacity: ${one.designMilliampereHours} mAh
  Design Voltage: 3700 mV
  Serial Number: 1001`;
}

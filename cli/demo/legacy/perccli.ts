import { absent, type ComposedSection, command } from './capture-text.ts';

/** A PERC H7xx as perccli tells of it in JSON. */
export interface Perc {
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly celsius: number;
  readonly memoryMegabytes: number;
  readonly volumes: readonly PercVolume[];
  readonly drives: readonly PercDrive[];
}

export interface PercVolume {
  readonly id: number;
  readonly level: string;
  readonly size: string;
  readonly name: string;
  readonly device: string;
}

export interface PercDrive {
  readonly slot: number;
  readonly group: number;
  readonly size: string;
  readonly medium: 'HDD' | 'SSD';
  readonly model: string;
  readonly vendor: string;
  readonly serial: string;
  readonly firmware: string;
  readonly celsius: number;
  readonly mediaErrors: number;
}

const TOOL = '/opt/MegaRAID/perccli/perccli64';
const ENCLOSURE = 32;

/** Every question capture.sh asks perccli: the sections are named after storcli, which it is a copy of. */
export function perccli(controller: Perc): ComposedSection[] {
  const ask = (name: string, question: string, response: unknown, seconds: number) =>
    command(`storcli:${name}`, `${TOOL} ${question} J nolog`, answer(response), { seconds });
  const { volumes, drives } = controller;
  // What is not there is refused inside an answer whose exit code is 0.
  const refused = (name: string, question: string, description: string) =>
    command(`storcli:${name}`, `${TOOL} ${question} J nolog`, failure(description), { seconds: 0.5 });
  return [
    ask('controllers', '/cALL show all', overview(controller), 1.4),
    ask('volumes', '/cALL/vALL show all', Object.assign({}, ...volumes.map(volumeParts)), 1.1),
    ask('drives', '/cALL/eALL/sALL show all', Object.assign({}, ...drives.map(driveParts)), 2.3),
    refused('slots', '/cALL/sALL show all', 'No drive found!'),
    ask('rebuild', '/cALL/eALL/sALL show rebuild', drives.map(rebuildRow), 0.7),
    ask('battery', '/cALL/bbu show all', battery(), 0.8),
    refused('capacitor', '/cALL/cv show all', "Cachevault doesn't exist"),
    absent('storcli2'),
  ];
}

function answer(response: unknown): string {
  const status = {
    'CLI Version': '007.0529.0000.0000 Sep 18, 2018',
    'Operating system': 'Linux 3.10.0-1160.el7.x86_64',
    Controller: 0,
    Status: 'Success',
    Description: 'None',
  };
  return JSON.stringify({ Controllers: [{ 'Command Status': status, 'Response Data': response }] }, null, 1);
}

function failure(description: string): string {
  const status = { Controller: 0, Status: 'Failure', Description: description };
  return JSON.stringify({ Controllers: [{ 'Command Status': status }] }, null, 1);
}

function overview({ model, serial, firmware, celsius, memoryMegabytes, volumes, drives }: Perc) {
  return {
    Basics: { Controller: 0, Model: model, 'Serial Number': serial, 'Mfg Date': '03/12/13' },
    Version: { 'Firmware Package Build': firmware, 'Driver Name': 'megaraid_sas' },
    Status: {
      'Controller Status': 'Optimal',
      'Memory Correctable Errors': 0,
      'Memory Uncorrectable Errors': 0,
      'BBU Status': 0,
    },
    HwCfg: {
      BBU: 'Present',
      'On Board Memory Size': `${memoryMegabytes}MB`,
      'ROC temperature(Degree Celsius)': celsius,
    },
    'Virtual Drives': volumes.length,
    'VD LIST': volumes.map(volumeRow),
    'Physical Drives': drives.length,
    'PD LIST': drives.map(driveRow),
    BBU_Info: [{ Model: 'BBU', State: 'Optimal', Temp: '38C', Mode: '-', MfgDate: '2013/02/11' }],
  };
}

function volumeRow({ id, level, size, name }: PercVolume) {
  return {
    ...{ 'DG/VD': `${id}/${id}`, TYPE: level, State: 'Optl', Access: 'RW', Consist: 'Yes' },
    ...{ Cache: 'RWBD', sCC: 'OFF', Size: size, Name: name },
  };
}

function volumeParts(volume: PercVolume) {
  return {
    [`/c0/v${volume.id}`]: [volumeRow(volume)],
    [`VD${volume.id} Properties`]: {
      'Strip Size': '64 KB',
      'Write Cache(initial setting)': 'WriteBack',
      'Disk Cache Policy': "Disk's Default",
      'Active Operations': 'None',
      'OS Drive Name': volume.device,
    },
  };
}

function driveRow({ slot, group, size, medium, model }: PercDrive) {
  return {
    ...{ 'EID:Slt': `${ENCLOSURE}:${slot}`, DID: slot, State: 'Onln', DG: group, Size: size },
    ...{ Intf: 'SAS', Med: medium, SED: 'N', PI: 'N', SeSz: '512B', Model: model, Sp: 'U' },
  };
}

function driveParts(drive: PercDrive) {
  const path = `Drive /c0/e${ENCLOSURE}/s${drive.slot}`;
  return {
    [path]: [driveRow(drive)],
    [`${path} - Detailed Information`]: {
      [`${path} State`]: {
        'Shield Counter': 0,
        'Media Error Count': drive.mediaErrors,
        'Other Error Count': 0,
        'Drive Temperature': ` ${drive.celsius}C (${(drive.celsius * 1.8 + 32).toFixed(2)} F)`,
        'Predictive Failure Count': 0,
        'S.M.A.R.T alert flagged by drive': 'No',
      },
      [`${path} Device attributes`]: {
        SN: drive.serial,
        'Manufacturer Id': drive.vendor.padEnd(8),
        'Model Number': drive.model,
        'Firmware Revision': drive.firmware,
      },
    },
  };
}

function rebuildRow({ slot }: PercDrive) {
  return {
    'Drive-ID': `/c0/e${ENCLOSURE}/s${slot}`,
    'Progress%': '-',
    Status: 'Not in progress',
    'Estimated Time Left': '-',
  };
}

function battery() {
  const rows = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([Property, Value]) => ({ Property, Value }));
  return {
    BBU_Info: rows({ Type: 'BBU', Voltage: '3921 mV', Temperature: '38 C', 'Battery State': 'Optimal' }),
    BBU_Firmware_Status: rows({
      'Battery Pack Missing': 'No',
      'Replacement required': 'No',
      'Learn Cycle Active': 'No',
    }),
    GasGauge_Status: rows({ 'Relative State of Charge': '94%' }),
  };
}

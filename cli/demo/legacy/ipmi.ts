import { type ComposedSection, command, denied } from './capture-text.ts';

/** A management controller as ipmitool tells of it. */
export interface Management {
  readonly firmware: string;
  readonly manufacturer: { readonly id: number; readonly name: string };
  /** Rows of `sdr elist`. */
  readonly sensors: readonly Sensor[];
  readonly driveFault: boolean;
  readonly watts: number;
  /** Newest last; the log also holds its own start. */
  readonly events: readonly ManagementEvent[];
  readonly board: {
    readonly made: string;
    readonly maker: string;
    readonly product: string;
    readonly serial: string;
  };
}

/** Name, number, state and reading. */
export type Sensor = readonly [
  name: string,
  number: string,
  state: 'ok' | 'nc' | 'cr' | 'ns',
  entity: string,
  reading: string,
];

export interface ManagementEvent {
  readonly daysAgo: number;
  readonly sensor: string;
  readonly event: string;
}

const TOOL = '/usr/bin/ipmitool';
const QUESTIONS = [
  ['ipmi-bmc', 'mc info', 0.4],
  ['ipmi-chassis', 'chassis status', 0.3],
  ['ipmi-sel-info', 'sel info', 0.5],
  ['ipmi-sensors', 'sdr elist', 7.8],
  ['ipmi-power', 'dcmi power reading', 0.4],
  ['ipmi-sel', 'sel elist last 100', 3.1],
  ['ipmi-fru', 'fru', 4.2],
] as const;

/** Every question capture.sh asks ipmitool. */
export function ipmi(management: Management, time: number): ComposedSection[] {
  const answers = {
    'ipmi-bmc': controllerInfo(management),
    'ipmi-chassis': chassis(management),
    'ipmi-sel-info': logInfo(management, time),
    'ipmi-sensors': management.sensors.map(sensorLine).join('\n'),
    'ipmi-power': power(management, time),
    'ipmi-sel': management.events.map((event, index) => eventLine(event, index + 1, time)).join('\n'),
    'ipmi-fru': fru(management),
  };
  return QUESTIONS.map(([name, question, seconds]) =>
    command(name, `${TOOL} ${question}`, answers[name], { seconds }),
  );
}

/** A host whose administrator gave the monitoring user no right to ask. */
export function deniedIpmi(): ComposedSection[] {
  return QUESTIONS.map(([name, question]) => denied(name, `${TOOL} ${question}`));
}

function controllerInfo({ firmware, manufacturer }: Management): string {
  return `Device ID                 : 32
Device Revision           : 1
Firmware Revision         : ${firmware}
IPMI Version              : 2.0
Manufacturer ID           : ${manufacturer.id}
Manufacturer Name         : ${manufacturer.name}
Product ID                : 256 (0x0100)
Device Available          : yes
Provides Device SDRs      : yes`;
}

function chassis({ driveFault }: Management): string {
  return `System Power         : on
Power Overload       : false
Power Interlock      : inactive
Main Power Fault     : false
Power Control Fault  : false
Power Restore Policy : previous
Last Power Event     :
Chassis Intrusion    : inactive
Front-Panel Lockout  : inactive
Drive Fault          : ${driveFault}
Cooling/Fan Fault    : false`;
}

const LOG_UNITS = 512;

function logInfo({ events }: Management, time: number): string {
  const free = LOG_UNITS - events.length;
  const last = Math.min(...events.map(({ daysAgo }) => daysAgo));
  return `SEL Information
Version          : 1.5 (v1.5, v2 compliant)
Entries          : ${events.length}
Free Space       : ${free * 16} bytes
Percent Used     : ${Math.floor((events.length / LOG_UNITS) * 100)}%
Last Add Time    : ${dayOf(time - last * 86_400)} 03:14:07
Overflow         : false
# of Alloc Units : ${LOG_UNITS}
Alloc Unit Size  : 16
# Free Units     : ${free}`;
}

function sensorLine([name, number, state, entity, reading]: Sensor): string {
  return `${name.padEnd(16)} | ${number} | ${state.padEnd(3)} | ${entity.padStart(4)} | ${reading}`;
}

function power({ watts }: Management, time: number): string {
  return `
    Instantaneous power reading:                   ${watts} Watts
    Minimum during sampling period:                ${Math.round(watts * 0.7)} Watts
    Maximum during sampling period:                ${Math.round(watts * 1.8)} Watts
    Average power reading over sample period:      ${Math.round(watts * 0.95)} Watts
    IPMI timestamp:                           ${new Date(time * 1000).toUTCString()}
    Sampling period:                          00000001 Seconds.
    Power reading state is:                   activated`;
}

function eventLine({ daysAgo, sensor, event }: ManagementEvent, number: number, time: number): string {
  const id = number.toString(16).padStart(4);
  return `${id} | ${dayOf(time - daysAgo * 86_400)} | 03:14:07 | ${sensor} | ${event} | Asserted`;
}

/** "12/08/2012". */
function dayOf(seconds: number): string {
  const [year, month, day] = new Date(seconds * 1000).toISOString().slice(0, 10).split('-');
  return `${month}/${day}/${year}`;
}

function fru({ board }: Management): string {
  return `FRU Device Description : Builtin FRU Device (ID 0)
 Chassis Type          : Rack Mount Chassis
 Chassis Serial        : ${board.serial}
 Board Mfg Date        : ${board.made}
 Board Mfg             : ${board.maker}
 Board Product         : ${board.product}
 Board Serial          : ${board.serial}
 Product Manufacturer  : ${board.maker}
 Product Name          : ${board.product}
 Product Serial        : ${board.serial}`;
}

import { pairsOf } from './ipmi-sel.ts';
import { booleanOf, countOf, Fields, indentOf, leadingNumber, linesOf, pairOf, textOf } from './tool-text.ts';

/** `ipmitool chassis status`, or the one line of `chassis power status`. */
export interface ChassisStatus {
  readonly powerOn: boolean | undefined;
  readonly powerOverload: boolean | undefined;
  readonly mainPowerFault: boolean | undefined;
  readonly powerControlFault: boolean | undefined;
  readonly driveFault: boolean | undefined;
  readonly coolingFault: boolean | undefined;
  readonly intrusion: boolean | undefined;
}

/** Undefined when the text is not what the command prints. */
export function parseChassisStatus(text: string): ChassisStatus | undefined {
  const fields = pairsOf(text);
  const single = /^Chassis Power is (?<state>on|off)\b/im.exec(text)?.groups?.['state'];
  const status: ChassisStatus = {
    powerOn: booleanOf(fields.get('System Power') ?? single),
    powerOverload: booleanOf(fields.get('Power Overload')),
    mainPowerFault: booleanOf(fields.get('Main Power Fault')),
    powerControlFault: booleanOf(fields.get('Power Control Fault')),
    driveFault: booleanOf(fields.get('Drive Fault')),
    coolingFault: booleanOf(fields.get('Cooling/Fan Fault')),
    intrusion: activeOf(fields.get('Chassis Intrusion')),
  };
  return Object.values(status).every((value) => value === undefined) ? undefined : status;
}

function activeOf(value: string | undefined): boolean | undefined {
  if (/^active/i.test(value ?? '')) return true;
  return /^inactive/i.test(value ?? '') ? false : undefined;
}

/** `ipmitool mc info` (`bmc info`). */
export interface ControllerInfo {
  readonly firmware: string | undefined;
  readonly ipmiVersion: string | undefined;
  readonly manufacturerId: number | undefined;
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
}

export function parseControllerInfo(text: string): ControllerInfo | undefined {
  const fields = pairsOf(text);
  const info: ControllerInfo = {
    firmware: textOf(fields.get('Firmware Revision')),
    ipmiVersion: textOf(fields.get('IPMI Version')),
    manufacturerId: countOf(fields.get('Manufacturer ID')),
    manufacturer: textOf(fields.get('Manufacturer Name')?.replace(/^Unknown \(.*\)$/i, '')),
    product: textOf(fields.get('Product Name')?.replace(/^Unknown \(.*\)$/i, '')),
  };
  return info.firmware === undefined && info.manufacturerId === undefined ? undefined : info;
}

/** `ipmitool dcmi power reading`, in watts. */
export interface PowerReading {
  readonly current: number | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly average: number | undefined;
  /** Whether the controller measures at this moment. */
  readonly active: boolean | undefined;
}

export function parsePowerReading(text: string): PowerReading | undefined {
  const fields = pairsOf(text);
  const watts = (key: string) => {
    const value = fields.get(key);
    return /watts/i.test(value ?? '') ? leadingNumber(value) : undefined;
  };
  const reading: PowerReading = {
    current: watts('Instantaneous power reading'),
    minimum: watts('Minimum during sampling period'),
    maximum: watts('Maximum during sampling period'),
    average: watts('Average power reading over sample period'),
    active: activatedOf(fields.get('Power reading state is')),
  };
  return reading.current === undefined && reading.active === undefined ? undefined : reading;
}

function activatedOf(value: string | undefined): boolean | undefined {
  if (/^activated/i.test(value ?? '')) return true;
  return /^(?:de|not )activated/i.test(value ?? '') ? false : undefined;
}

/** One field-replaceable unit of `ipmitool fru`. */
export interface Fru {
  /** "Builtin FRU Device", "PSU1". */
  readonly name: string;
  readonly id: number | undefined;
  /** Seconds since the epoch; the start of the count, 1996, means that nobody set it. */
  readonly boardManufactured: number | undefined;
  readonly boardManufacturer: string | undefined;
  readonly boardProduct: string | undefined;
  readonly boardSerial: string | undefined;
  readonly boardPart: string | undefined;
  readonly productManufacturer: string | undefined;
  readonly productName: string | undefined;
  readonly productSerial: string | undefined;
  readonly productPart: string | undefined;
  readonly chassisType: string | undefined;
  readonly chassisSerial: string | undefined;
}

/** Units that say more than their name; those without data ("Device not present") are left out. */
export function parseFru(text: string): Fru[] {
  const found: { name: string; fields: Fields }[] = [];
  for (const line of linesOf(text)) {
    const pair = pairOf(line);
    if (pair === undefined) continue;
    if (/^FRU Device Description$/i.test(pair.key)) found.push({ name: pair.value, fields: new Fields() });
    // `fru print N` has no heading, and its lines may have lost their indentation.
    else if (found.length === 0 && indentOf(line) === 0 && !/^(?:Board|Chassis|Product)\b/.test(pair.key))
      continue;
    else (found.at(-1) ?? first(found)).fields.add(pair.key, pair.value);
  }
  return found
    .map(fruOf)
    .filter((fru) =>
      Object.entries(fru).some(([key, value]) => value !== undefined && key !== 'name' && key !== 'id'),
    );
}

function first(found: { name: string; fields: Fields }[]): { name: string; fields: Fields } {
  const unit = { name: '', fields: new Fields() };
  found.push(unit);
  return unit;
}

function fruOf({ name, fields }: { name: string; fields: Fields }): Fru {
  const title = /^(?<name>.*?)\s*\(ID (?<id>\d{1,3})\)$/.exec(name)?.groups;
  const text = (key: string) => textOf(fields.get(key));
  return {
    name: title?.['name'] ?? name,
    id: countOf(title?.['id']),
    boardManufactured: dateOf(fields.get('Board Mfg Date')),
    boardManufacturer: text('Board Mfg'),
    boardProduct: text('Board Product'),
    boardSerial: text('Board Serial'),
    boardPart: text('Board Part Number'),
    productManufacturer: text('Product Manufacturer'),
    productName: text('Product Name'),
    productSerial: text('Product Serial'),
    productPart: text('Product Part Number'),
    chassisType: text('Chassis Type'),
    chassisSerial: text('Chassis Serial'),
  };
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** "Tue Aug 17 06:35:00 2021 UTC"; the hours depend on the zone of the reader, the day is what counts. */
function dateOf(value: string | undefined): number | undefined {
  const found =
    /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) +(?<day>\d{1,2}) \d{2}:\d{2}:\d{2} (?<year>\d{4})\b/.exec(
      value ?? '',
    )?.groups;
  const month = MONTHS.indexOf(found?.['month'] ?? '');
  const year = Number(found?.['year']);
  if (found === undefined || month === -1 || year < 1997) return undefined;
  return Date.UTC(year, month, Number(found['day'])) / 1000;
}

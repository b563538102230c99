/**
 * Source: /sys/class/hwmon/hwmon<N>/*, https://docs.kernel.org/hwmon/sysfs-interface.html; before Linux 3.x the
 *         values are in hwmon<N>/device
 * Shape:  temp1_input "55000", temp1_label "Core 0", fan2_input "1098", name "coretemp"; device leads to
 *         /sys/devices/platform/coretemp.0, which makes the chip "platform_coretemp_0"
 * Units:  thousandths of degrees, volts and amperes, millionths of watts and joules -> the units themselves
 * Needs:  nothing   Cost: some files per sensor
 * Absent when: no driver is loaded (most virtual machines); a sensor that gives no number
 */
import { counter, gauge, type Metric, type Sample } from '../../../lib/metric.ts';
import { filesOf, type HostCollector } from '../host-collector.ts';

const chipNames = gauge('node_hwmon_chip_names', 'What the driver calls the chip, always 1.', [
  'chip',
  'chip_name',
]);
const sensorLabel = gauge('node_hwmon_sensor_label', 'What the sensor measures, in words, always 1.', [
  'chip',
  'sensor',
  'label',
]);

export const collector = {
  name: 'hwmon',
  help: 'Temperatures, fans, voltages and power that the chips of the board measure.',
  metrics: [chipNames, sensorLabel],
  familyPrefix: 'node_hwmon_',
  sections: ['hwmon'],
  tier: 'fast',
  *samples({ section }) {
    const chips = readChips(filesOf(section('hwmon'), FILE));
    const families = new Families();
    for (const { chip, name, sensors } of named(chips)) {
      if (name !== '') yield chipNames({ chip, chip_name: name }, 1);
      for (const [sensor, { type, values }] of sensors) {
        const label = values.get('label');
        if (label !== undefined && label !== '') yield sensorLabel({ chip, sensor, label }, 1);
        for (const [property, text] of values)
          yield* families.sample(
            { chip, sensor: sensorName(type, sensor, label) },
            type,
            property,
            text,
            values,
          );
      }
    }
  },
} satisfies HostCollector;

const FILE =
  /^\/sys\/class\/hwmon\/(?<id>hwmon\d+)\/(?:(?<link>device$)|(?:device\/)?(?<file>[a-z][a-z_]*(?<number>\d*)(?:_(?<property>\w+))?)$)/;
const TYPES = new Set([
  ...['vrm', 'beep_enable', 'update_interval', 'in', 'cpu', 'fan', 'pwm', 'temp', 'curr', 'power', 'energy'],
  ...['humidity', 'intrusion', 'freq'],
]);

interface Sensor {
  readonly type: string;
  /** By property: "input", "max", "label"; "" where the file has none. */
  readonly values: Map<string, string>;
}

interface Chip {
  readonly id: string;
  device: string;
  name: string;
  readonly sensors: Map<string, Sensor>;
}

function readChips(files: ReturnType<typeof filesOf>): Chip[] {
  const chips = new Map<string, Chip>();
  for (const { groups, line } of files) {
    const { id = '', link, file = '', number = '', property = '' } = groups;
    const chip = chips.get(id) ?? { id, device: '', name: '', sensors: new Map<string, Sensor>() };
    chips.set(id, chip);
    if (line === undefined) continue;
    if (link !== undefined) chip.device = line;
    else if (file === 'name') chip.name = clean(line);
    else addSensor(chip, file, number, property, line);
  }
  return [...chips.values()];
}

function addSensor({ sensors }: Chip, file: string, number: string, property: string, line: string): void {
  // "beep_enable" has no number: there the underscore is part of the type.
  const type = number === '' ? file : file.slice(0, file.indexOf(number));
  if (!TYPES.has(type)) return;
  const name = `${type}${Number(number)}`;
  const sensor = sensors.get(name) ?? { type, values: new Map<string, string>() };
  sensors.set(name, sensor);
  sensor.values.set(number === '' ? '' : property, line);
}

/** The device names a chip, as its number depends on the order in which drivers were loaded. */
function named(chips: readonly Chip[]): { chip: string; name: string; sensors: Chip['sensors'] }[] {
  const names = chips.map(({ id, device, name }) => {
    const [bus = '', own = ''] = device.split('/').slice(-2).map(clean);
    if (own !== '') return bus === '' ? own : `${bus}_${own}`;
    return name === '' ? id : name;
  });
  return chips.map(({ name, sensors }, index) => {
    const chip = names[index] ?? '';
    // Several chips of one device, such as the radios of a network card.
    const shared = names.filter((other) => other === chip).length > 1;
    return { chip: shared && name !== '' ? `${chip}_${name}` : chip, name, sensors };
  });
}

function clean(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** A clock is named by what it drives. */
function sensorName(type: string, sensor: string, label: string | undefined): string {
  return type === 'freq' && label !== undefined ? clean(label) : sensor;
}

interface Form {
  /** Appended to the name. */
  readonly unit: string;
  readonly divisor: number;
  readonly total?: boolean;
}

/** Families are named by the driver's files; one object for each name of a scrape. */
class Families {
  readonly #made = new Map<string, Metric<'chip' | 'sensor'>>();

  *sample(
    labels: { chip: string; sensor: string },
    type: string,
    property: string,
    text: string,
    values: ReadonlyMap<string, string>,
  ): Generator<Sample> {
    if (property === 'label') return;
    const value = /^[+-]?\d{1,18}(?:\.\d{1,9})?$/.test(text.trim()) ? Number(text) : undefined;
    if (type === 'beep_enable')
      yield this.#of('node_hwmon_beep_enabled', false)(labels, Number(text === '1'));
    if (value === undefined || type === 'beep_enable') return;
    if (type === 'vrm') yield this.#of('node_hwmon_voltage_regulator_version', false)(labels, value);
    else if (type === 'update_interval')
      yield this.#of('node_hwmon_update_interval_seconds', false)(labels, value / 1000);
    else {
      const plain = property === '' || (property === 'input' && !values.has(''));
      const { unit, divisor, total } = formOf(type, property);
      const name = `node_hwmon_${type}${plain ? '' : `_${clean(property)}`}${unit}`;
      yield this.#of(name, total === true)(labels, value / divisor);
    }
  }

  #of(name: string, total: boolean): Metric<'chip' | 'sensor'> {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const help = `Hardware sensor: ${name.replace('node_hwmon_', '').replaceAll('_', ' ')}.`;
    const made = (total ? counter : gauge)(name, help, ['chip', 'sensor']);
    this.#made.set(name, made);
    return made;
  }
}

const AS_IT_IS: Form = { unit: '', divisor: 1 };
const IN_UNITS: Readonly<Record<string, Form>> = {
  in: { unit: '_volts', divisor: 1000 },
  cpu: { unit: '_volts', divisor: 1000 },
  temp: { unit: '_celsius', divisor: 1000 },
  curr: { unit: '_amps', divisor: 1000 },
  energy: { unit: '_joule_total', divisor: 1e6, total: true },
  power: { unit: '_watt', divisor: 1e6 },
  humidity: { unit: '', divisor: 1e6 },
};

function formOf(type: string, property: string): Form {
  if (property === 'fault' || property === 'alarm') return AS_IT_IS;
  if (property === 'beep') return { unit: '_enabled', divisor: 1 };
  if (type === 'temp' && property === 'type') return AS_IT_IS;
  if (type === 'power' && property === 'accuracy') return { unit: '', divisor: 1e6 };
  if (type === 'power' && /^average_interval(?:_min|_max)?$/.test(property))
    return { unit: '_seconds', divisor: 1000 };
  if (type === 'fan' && ['input', 'min', 'max', 'target'].includes(property))
    return { unit: '_rpm', divisor: 1 };
  if (type === 'freq' && property === 'input') return { unit: '_freq_mhz', divisor: 1e6 };
  return IN_UNITS[type] ?? AS_IT_IS;
}

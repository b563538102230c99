/**
 * Source: ipmitool sdr elist, sel info, sel elist, chassis status, mc info, dcmi power reading,
 *         https://github.com/prometheus-community/ipmi_exporter/blob/master/docs/metrics.md
 * Shape:  "PS2 Status       | 86h | ok  | 10.2 | Presence detected, Power Supply AC lost"
 * Units:  as ipmi_exporter: RPM, degrees Celsius, volts, amperes, watts; percent -> ratio
 * Needs:  ipmitool as root, the kernel's ipmi_devintf   Cost: 5 to 60 seconds, apart from the scrape
 * Absent when: the machine has no controller or its driver is not loaded. A value or state that a sensor
 *         does not have gives no series, where ipmi_exporter gives NaN; ids are sensor numbers
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { Section } from '../capture.ts';
import { parseSelEvents, parseSelInfo } from '../formats/ipmi-sel.ts';
import { type IpmiSensor, parseIpmiSensors, sensorType, severityOf } from '../formats/ipmi-sensors.ts';
import { parseChassisStatus, parseControllerInfo, parsePowerReading } from '../formats/ipmi-status.ts';
import type { HostCollector, HostInput } from '../host-collector.ts';

const LABELS = ['id', 'name'] as const;

const up = gauge('ipmi_up', 'Whether the controller answered this collector (1) or not (0).', ['collector']);
const duration = gauge('ipmi_scrape_duration_seconds', 'Time that asking the controller took.');
const bmc = gauge('ipmi_bmc_info', "Details about the BMC, always '1'.", [
  'firmware_revision',
  'manufacturer_id',
  'system_firmware_version',
]);
const powerState = gauge('ipmi_chassis_power_state', 'Current power state (1=on, 0=off).');
const driveFault = gauge('ipmi_chassis_drive_fault_state', 'Current drive fault state (1=false, 0=true).');
const coolingFault = gauge(
  'ipmi_chassis_cooling_fault_state',
  'Current cooling fault state (1=false, 0=true).',
);
const consumption = gauge('ipmi_dcmi_power_consumption_watts', 'Current power consumption in Watts.');
const entries = gauge('ipmi_sel_logs_count', 'Current number of log entries in the SEL.');
const free = gauge('ipmi_sel_free_space_bytes', 'Current free space remaining for new SEL entries.');
const byState = gauge(
  'ipmi_sel_events_count_by_state',
  'Current number of log entries in the SEL by state.',
  ['state'],
);

const state = (name: string, what: string) =>
  gauge(
    `ipmi_${name}_state`,
    `Reported state of a ${what} sensor (0=nominal, 1=warning, 2=critical).`,
    LABELS,
  );
const typed = (name: string, unit: string, what: string, help: string) => ({
  reading: gauge(`ipmi_${name}_${unit}`, help, LABELS),
  reported: state(name, what),
});
const fanSpeed = typed('fan_speed', 'rpm', 'fan speed', 'Fan speed in rotations per minute.');
const TYPED: ReadonlyMap<string, ReturnType<typeof typed>> = new Map([
  ['C', typed('temperature', 'celsius', 'temperature', 'Temperature reading in degree Celsius.')],
  ['RPM', fanSpeed],
  ['V', typed('voltage', 'volts', 'voltage', 'Voltage reading in Volts.')],
  ['A', typed('current', 'amperes', 'current', 'Current reading in Amperes.')],
  ['W', typed('power', 'watts', 'power', 'Power reading in Watts.')],
]);
const fanRatio = gauge('ipmi_fan_speed_ratio', 'Fan speed as a proportion of the maximum speed.', LABELS);
const value = gauge('ipmi_sensor_value', 'Reading of a sensor of another type.', [...LABELS, 'type']);
const sensorState = gauge(
  'ipmi_sensor_state',
  'Reported state of a sensor (0=nominal, 1=warning, 2=critical).',
  [...LABELS, 'type'],
);

export const collector = {
  name: 'ipmi',
  help: 'Sensors, power and event log of the management controller, as ipmi_exporter has them.',
  metrics: [
    up,
    duration,
    bmc,
    powerState,
    driveFault,
    coolingFault,
    consumption,
    entries,
    free,
    byState,
    ...[...TYPED.values()].flatMap(({ reading, reported }) => [reading, reported]),
    fanRatio,
    value,
    sensorState,
  ],
  sections: ['ipmi-bmc'],
  tier: 'ipmi',
  *samples(input) {
    const sensors = parseIpmiSensors(input.section('ipmi-sensors').output);
    for (const sensor of sensors) yield* sensorSamples(sensor);
    yield* upOf(input, 'ipmi', 'ipmi-sensors', sensors.length > 0);
    const chassis = parseChassisStatus(input.section('ipmi-chassis').output);
    yield powerState(flag(chassis?.powerOn));
    yield driveFault(flag(negated(chassis?.driveFault)));
    yield coolingFault(flag(negated(chassis?.coolingFault)));
    yield* upOf(input, 'chassis', 'ipmi-chassis', chassis !== undefined);
    const power = parsePowerReading(input.section('ipmi-power').output);
    // A controller that does not measure prints the last value it had, or zero.
    yield consumption(power?.active === false ? undefined : power?.current);
    yield* upOf(input, 'dcmi', 'ipmi-power', power !== undefined);
    yield* controllerSamples(input);
    yield* logSamples(input);
    yield duration(seconds(input.sections('ipmi-')));
  },
} satisfies HostCollector;

const SEVERITY = { nominal: 0, warning: 1, critical: 2 } as const;

function* sensorSamples(sensor: IpmiSensor): Generator<Sample> {
  const labels = { id: sensor.number === undefined ? '' : String(sensor.number), name: sensor.name };
  const severity = severityOf(sensor);
  const code = severity === undefined ? undefined : SEVERITY[severity];
  const type = sensorType(sensor);
  const known = TYPED.get(sensor.unit ?? '');
  if (known !== undefined) {
    yield known.reading(labels, sensor.value);
    yield known.reported(labels, code);
  } else if (sensor.unit === '%' && type === 'Fan') {
    yield fanRatio(labels, sensor.value === undefined ? undefined : Number((sensor.value / 100).toFixed(6)));
    yield fanSpeed.reported(labels, code);
  } else {
    yield value({ ...labels, type }, sensor.value);
    yield sensorState({ ...labels, type }, code);
  }
}

function* controllerSamples(input: HostInput): Generator<Sample> {
  const info = parseControllerInfo(input.section('ipmi-bmc').output);
  if (info !== undefined) {
    const { firmware = '', manufacturer, manufacturerId } = info;
    const id = manufacturerId === undefined ? '' : String(manufacturerId);
    const maker = manufacturer === undefined ? id : `${manufacturer} (${id})`;
    // ipmitool does not ask for the system's firmware; the exporter says N/A where it is not known.
    yield bmc({ firmware_revision: firmware, manufacturer_id: maker, system_firmware_version: 'N/A' }, 1);
  }
  yield* upOf(input, 'bmc', 'ipmi-bmc', info !== undefined);
}

function* logSamples(input: HostInput): Generator<Sample> {
  const info = parseSelInfo(input.section('ipmi-sel-info').output);
  yield entries(info?.entries);
  yield free(info?.freeBytes);
  yield* upOf(input, 'sel', 'ipmi-sel-info', info !== undefined);
  const section = input.section('ipmi-sel');
  const events = parseSelEvents(section.output);
  yield* upOf(input, 'sel-events', 'ipmi-sel', section.status === 'ok');
  // The newest hundred are read; of a longer log the numbers would be those of a part.
  if (section.status !== 'ok' || info?.entries === undefined || info.entries > events.length) return;
  for (const [name, severity] of [
    ['Nominal', 'nominal'],
    ['Warning', 'warning'],
    ['Critical', 'critical'],
  ] as const) {
    const count = events.filter((event) => event.severity === severity).length;
    if (count > 0) yield byState({ state: name }, count);
  }
}

/** Nothing where the machine has no controller: that is no failure. */
function* upOf(input: HostInput, collector: string, section: string, success: boolean): Generator<Sample> {
  const { status } = input.section(section);
  if (status !== 'absent' && status !== 'missing') yield up({ collector }, Number(success));
}

function seconds(sections: readonly Section[]): number | undefined {
  const known = sections.flatMap(({ durationSeconds }) =>
    durationSeconds === undefined ? [] : [durationSeconds],
  );
  return known.length === 0 ? undefined : Number(known.reduce((sum, one) => sum + one, 0).toFixed(2));
}

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

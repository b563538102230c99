/**
 * Source: the same runs of ipmitool as the ipmi collector, and ipmitool fru
 * Shape:  "PS Redundancy    | 77h | ok  |  7.1 | Redundancy Lost"; "Percent Used     : 92%"
 * Units:  percent -> ratio; dates -> seconds since the epoch, by the clock of the controller
 * Needs:  ipmitool as root   Cost: read with the sensors
 * Absent when: the machine has no controller, or none with such a sensor; a controller that could not be
 *         asked fails this collector
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { Section } from '../capture.ts';
import { parseSelEvents, parseSelInfo, type SelEvent } from '../formats/ipmi-sel.ts';
import {
  type IpmiSensor,
  parseIpmiSensors,
  redundancyOf,
  sensorType,
  severityOf,
} from '../formats/ipmi-sensors.ts';
import { parseChassisStatus, parseFru, parsePowerReading } from '../formats/ipmi-status.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const redundancy = gauge('pgfleet_bmc_redundancy_state', 'Whether supplies or fans still have one to lose.', [
  'subject',
  'sensor',
  'state',
]);
const supply = gauge('pgfleet_bmc_power_supply_state', 'Whether the power supply is in this state.', [
  'sensor',
  'state',
]);
const fan = gauge('pgfleet_bmc_fan_state', 'Whether the fan is in this state.', ['sensor', 'state']);
const fault = gauge('pgfleet_bmc_chassis_fault', 'Whether the chassis reports this fault.', ['fault']);
const used = gauge('pgfleet_bmc_sel_used_ratio', 'Share of the event log in use; a full one stops logging.');
const overflow = gauge('pgfleet_bmc_sel_overflow', 'Whether the event log was full and lost events.');
const lastEvent = gauge(
  'pgfleet_bmc_event_timestamp_seconds',
  'When a warning or critical event was last logged, among the newest hundred.',
  ['sensor', 'event', 'severity'],
);
const power = gauge('pgfleet_bmc_power_watts', 'Power consumption since the controller began to measure.', [
  'statistic',
]);
const manufactured = gauge(
  'pgfleet_bmc_fru_manufactured_timestamp_seconds',
  'Day on which a unit was made, as its memory says.',
  ['fru', 'product'],
);

/** Kinds of events that one machine may have as series. */
const MOST_EVENTS = 50;

export const collector = {
  name: 'ipmi_health',
  help: 'What the management controller knows of lost redundancy, dead power supplies, stopped fans and a full log.',
  metrics: [redundancy, supply, fan, fault, used, overflow, lastEvent, power, manufactured],
  sections: ['ipmi-bmc'],
  tier: 'ipmi',
  *samples({ section }) {
    const sensors = parseIpmiSensors(section('ipmi-sensors').output);
    for (const sensor of sensors) yield* sensorSamples(sensor);
    for (const [name, set] of Object.entries(parseChassisStatus(section('ipmi-chassis').output) ?? {})) {
      const label = FAULTS[name];
      if (label !== undefined) yield fault({ fault: label }, set === undefined ? undefined : Number(set));
    }
    const log = parseSelInfo(section('ipmi-sel-info').output);
    yield used(log?.usedRatio);
    yield overflow(log?.overflow === undefined ? undefined : Number(log.overflow));
    yield* eventSamples(parseSelEvents(section('ipmi-sel').output));
    const reading = parsePowerReading(section('ipmi-power').output);
    if (reading?.active !== false) {
      for (const statistic of ['minimum', 'maximum', 'average'] as const)
        yield power({ statistic }, reading?.[statistic]);
    }
    for (const unit of parseFru(section('ipmi-fru').output)) {
      const product = unit.boardProduct ?? unit.productName ?? '';
      yield manufactured({ fru: unit.name, product }, unit.boardManufactured);
    }
    // What could be read is served; that something could not be read must show.
    for (const name of NEEDED) mustBeReadable(section(name));
  },
} satisfies HostCollector;

/** Units without data and machines without DCMI make the other commands fail in ordinary life. */
const NEEDED = ['ipmi-bmc', 'ipmi-sensors', 'ipmi-chassis', 'ipmi-sel-info', 'ipmi-sel'] as const;

/** One sensor that does not answer is enough for an exit code; an empty log has one in some versions. */
function mustBeReadable(section: Section): void {
  const told =
    parseIpmiSensors(section.output).length > 0 ||
    parseSelEvents(section.output).length > 0 ||
    /^SEL has no entries/m.test(section.output);
  if (section.status !== 'failed' || !told) contentOf(section);
}

const FAULTS: Readonly<Record<string, string>> = {
  powerOverload: 'power_overload',
  mainPowerFault: 'main_power',
  powerControlFault: 'power_control',
  driveFault: 'drive',
  coolingFault: 'cooling',
  intrusion: 'intrusion',
};

const REDUNDANCY_STATES = ['full', 'degraded', 'lost'] as const;
const SUPPLY_STATES = ['ok', 'no_input', 'failed', 'predictive_failure', 'misconfigured', 'absent'] as const;
const FAN_STATES = ['ok', 'warning', 'critical', 'stopped'] as const;

function* sensorSamples(sensor: IpmiSensor): Generator<Sample> {
  // Names repeat, numbers of one controller do not.
  const label = sensor.number === undefined ? sensor.name : `${sensor.name} (${sensor.number})`;
  const type = sensorType(sensor);
  const lost = redundancyOf(sensor);
  if (lost !== undefined) {
    const subject = /fan|cool/i.test(sensor.name)
      ? 'fans'
      : /^p(?:s|ower)|supply|psu/i.test(sensor.name)
        ? 'power_supplies'
        : 'other';
    for (const state of REDUNDANCY_STATES)
      yield redundancy({ subject, sensor: label, state }, Number(state === lost));
    return;
  }
  if (type === 'Power Supply') {
    const current = supplyState(sensor);
    if (current === undefined) return;
    for (const state of SUPPLY_STATES) yield supply({ sensor: label, state }, Number(state === current));
  } else if (type === 'Fan') {
    const current = fanState(sensor);
    if (current === undefined) return;
    for (const state of FAN_STATES) yield fan({ sensor: label, state }, Number(state === current));
  }
}

/** Undefined for sensors that measure a supply without saying how it is. */
function supplyState({ states }: IpmiSensor): (typeof SUPPLY_STATES)[number] | undefined {
  const text = states.join(', ');
  if (/predictive failure(?! deasserted)/i.test(text)) return 'predictive_failure';
  if (/failure detected/i.test(text)) return 'failed';
  if (/(?:AC|input) lost|out[- ]of[- ]range/i.test(text)) return 'no_input';
  if (/config(?:uration)? error/i.test(text)) return 'misconfigured';
  if (/presence detected|device present/i.test(text)) return 'ok';
  return /\babsent\b/i.test(text) ? 'absent' : undefined;
}

function fanState(sensor: IpmiSensor): (typeof FAN_STATES)[number] | undefined {
  const severity = severityOf(sensor);
  if (sensor.value === 0 && severity !== undefined) return 'stopped';
  if (severity === undefined || severity === 'nominal') return severity === undefined ? undefined : 'ok';
  return severity;
}

/** The latest assertion of each kind of event, the newest kinds first. */
function* eventSamples(events: readonly SelEvent[]): Generator<Sample> {
  const latest = new Map<string, SelEvent>();
  for (const event of events) {
    if (event.time === undefined || event.severity === undefined || event.severity === 'nominal') continue;
    const key = `${event.sensor}\n${event.event}`;
    const before = latest.get(key)?.time;
    if (before === undefined || before < event.time) latest.set(key, event);
  }
  const newest = [...latest.values()]
    .sort((one, two) => (two.time ?? 0) - (one.time ?? 0))
    .slice(0, MOST_EVENTS);
  for (const { sensor, event, severity, time } of newest)
    yield lastEvent({ sensor, event, severity: severity ?? '' }, time);
}

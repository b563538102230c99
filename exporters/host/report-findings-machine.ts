import { each, type Finding, type FindingContext, type Rule } from './report-rule.ts';
import { subject } from './report-words.ts';

/** Memory, power, fans, links and the event log. */
export const MACHINE_RULES: readonly Rule[] = [
  // ---- memory
  each('node_edac_uncorrectable_errors_total', {}, 'critical', ({ labels, value }) => ({
    message: `Memory controller ${labels['controller']} counted ${value} errors that could not be corrected`,
  })),
  each('node_edac_correctable_errors_total', {}, 'warning', ({ labels, value }) => ({
    message: `Memory controller ${labels['controller']} corrected ${value} errors: a module is going bad`,
  })),
  each('pgfleet_host_memory_error_correction_info', { mode: 'None' }, 'warning', () => ({
    message: 'The memory has no error correction: damaged rows go unnoticed',
  })),
  slowModules,
  // ---- links
  each('pgfleet_pcie_link_downgraded', { what: 'width' }, 'warning', ({ labels }) => ({
    message: `${adapter(labels)} has lost lanes of its PCIe link`,
  })),
  each('pgfleet_pcie_link_downgraded', { what: 'speed' }, 'info', ({ labels }) => ({
    message: `${adapter(labels)} runs slower than its PCIe slot allows`,
  })),
  each('pgfleet_network_speed_below_capability', {}, 'warning', ({ labels }, readings) => ({
    message: `Network interface ${labels['device']} is connected slower than it can do`,
    evidence: readings
      .all('node_network_speed_bytes', { device: labels['device'] ?? '' })
      .map(({ value }) => `${(value * 8) / 1e6} Mbit/s`),
  })),
  each('pgfleet_network_half_duplex', {}, 'warning', ({ labels }) => ({
    message: `Network interface ${labels['device']} sends and receives in turns only (half duplex)`,
  })),
  each('node_cpu_package_throttles_total', {}, 'info', ({ labels, value }) => ({
    message: `Processor ${labels['package']} was slowed down ${value} times since the boot because it was too hot`,
  })),
  // ---- machine
  each('pgfleet_bmc_redundancy_state', { state: 'lost' }, 'critical', ({ labels }) => ({
    message: `The machine has no spare ${subject(labels)} left`,
  })),
  each('pgfleet_bmc_redundancy_state', { state: 'degraded' }, 'warning', ({ labels }) => ({
    message: `The machine lacks some of its spare ${subject(labels)}`,
  })),
  ...['failed', 'no_input', 'predictive_failure'].map((state) =>
    each('pgfleet_bmc_power_supply_state', { state }, 'warning', ({ labels }) => ({
      message: `Power supply ${labels['sensor']}: ${state.replaceAll('_', ' ')}`,
    })),
  ),
  ...['critical', 'non-critical'].map((state) =>
    each('pgfleet_psu_state', { state }, 'warning', ({ labels }) => ({
      message: `Power supply ${labels['psu']} was ${state} when the machine booted`,
    })),
  ),
  ...['stopped', 'critical'].map((state) =>
    each('pgfleet_bmc_fan_state', { state }, 'critical', ({ labels }) => ({
      message: `Fan ${labels['sensor']} is ${state === 'stopped' ? 'standing still' : 'too slow'}`,
    })),
  ),
  each('pgfleet_bmc_chassis_fault', {}, 'warning', ({ labels }) => ({
    message: `The management controller reports a fault: ${labels['fault']?.replaceAll('_', ' ')}`,
  })),
  each('pgfleet_bmc_sel_overflow', {}, 'info', () => ({
    message: 'The event log of the management controller is full and loses events',
  })),
  events,
];

const DAY = 86_400;
const RECENT_DAYS = 90;

function slowModules({ readings }: FindingContext): Finding[] {
  const slow = readings.all('pgfleet_dimm_rated_transfers_per_second').flatMap(({ labels, value }) => {
    const slot = labels['slot'] ?? '';
    const actual = readings.value('pgfleet_dimm_configured_transfers_per_second', { slot });
    return actual !== undefined && actual < value ? [{ slot, rated: value, actual }] : [];
  });
  const [first] = slow;
  if (first === undefined) return [];
  const evidence = `${first.slot}: ${first.actual / 1e6} of ${first.rated / 1e6} million transfers per second`;
  const message = `${slow.length} memory modules run slower than they could`;
  return [{ severity: 'info', message, evidence: [evidence] }];
}

function events({ readings, madeAt }: FindingContext): Finding[] {
  return readings.all('pgfleet_bmc_event_timestamp_seconds').flatMap(({ labels, value }) => {
    const days = Math.floor((madeAt - value) / DAY);
    if (days > RECENT_DAYS) return [];
    const when = days < 1 ? 'today' : `${days} days ago`;
    const message = `The management controller logged ${when}: ${labels['event']}`;
    return [{ severity: 'warning' as const, message, evidence: [`event log: ${labels['sensor']}`] }];
  });
}

function adapter({ kind, name, address }: Readonly<Record<string, string>>): string {
  return `${kind === 'network' ? 'Network' : 'Storage'} adapter ${name || address}`;
}

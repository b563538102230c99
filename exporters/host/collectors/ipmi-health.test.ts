import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { collect, type GivenSection, hostInput } from '../../../test/support/host.ts';
import { collector } from './ipmi-health.ts';

const fixture = (name: string) => fixtureText(`ipmi/${name}.txt`);
const sections: Readonly<Record<string, GivenSection>> = {
  'ipmi-bmc': fixture('mc-info'),
  'ipmi-sensors': fixture('sdr-elist'),
  'ipmi-chassis': fixture('chassis-status'),
  'ipmi-sel-info': fixture('sel-info'),
  'ipmi-sel': fixture('sel-elist'),
  'ipmi-power': fixture('dcmi-power-reading'),
  'ipmi-fru': fixture('fru'),
};
const lines = collect(collector, sections);
const of = (pattern: RegExp) => lines.filter((line) => pattern.test(line));

describe('ipmi_health', () => {
  it('tells lost redundancy', () => {
    expect(of(/redundancy/)).toEqual([
      'pgfleet_bmc_redundancy_state{subject="power_supplies",sensor="PS Redundancy (119)",state="full"} 0',
      'pgfleet_bmc_redundancy_state{subject="power_supplies",sensor="PS Redundancy (119)",state="degraded"} 0',
      'pgfleet_bmc_redundancy_state{subject="power_supplies",sensor="PS Redundancy (119)",state="lost"} 1',
      'pgfleet_bmc_redundancy_state{subject="fans",sensor="Fan Redundancy (117)",state="full"} 1',
      'pgfleet_bmc_redundancy_state{subject="fans",sensor="Fan Redundancy (117)",state="degraded"} 0',
      'pgfleet_bmc_redundancy_state{subject="fans",sensor="Fan Redundancy (117)",state="lost"} 0',
    ]);
  });

  it('tells power supplies and fans that do not work', () => {
    expect(of(/(?:supply|fan)_state.* 1$/)).toEqual([
      'pgfleet_bmc_fan_state{sensor="Fan1 RPM (48)",state="ok"} 1',
      'pgfleet_bmc_fan_state{sensor="Fan2 RPM (49)",state="stopped"} 1',
      'pgfleet_bmc_fan_state{sensor="Fan 3 DutyCycle (58)",state="ok"} 1',
      'pgfleet_bmc_power_supply_state{sensor="PS1 Status (133)",state="ok"} 1',
      'pgfleet_bmc_power_supply_state{sensor="PS2 Status (134)",state="no_input"} 1',
      'pgfleet_bmc_power_supply_state{sensor="Power Supply 3 (3)",state="ok"} 1',
    ]);
  });

  it('tells the faults of the chassis', () => {
    expect(of(/chassis_fault/)).toEqual([
      'pgfleet_bmc_chassis_fault{fault="power_overload"} 0',
      'pgfleet_bmc_chassis_fault{fault="main_power"} 0',
      'pgfleet_bmc_chassis_fault{fault="power_control"} 0',
      'pgfleet_bmc_chassis_fault{fault="drive"} 1',
      'pgfleet_bmc_chassis_fault{fault="cooling"} 0',
      'pgfleet_bmc_chassis_fault{fault="intrusion"} 0',
    ]);
  });

  it('tells how full the log is and what it holds', () => {
    const at = (...parts: [number, number, number, number, number, number]) => Date.UTC(...parts) / 1000;

    expect(of(/sel_|event_/)).toEqual([
      'pgfleet_bmc_sel_used_ratio 0.919922',
      'pgfleet_bmc_sel_overflow 0',
      `pgfleet_bmc_event_timestamp_seconds{sensor="Temperature Exhaust Temp",event="Upper Critical going high",severity="critical"} ${at(2019, 1, 16, 12, 11, 17)}`,
      `pgfleet_bmc_event_timestamp_seconds{sensor="Memory #0x02",event="Uncorrectable ECC (UnCorrectable ECC",severity="critical"} ${at(2019, 1, 16, 12, 11, 16)}`,
      `pgfleet_bmc_event_timestamp_seconds{sensor="Memory ECC Corr Err",event="Correctable ECC logging limit reached",severity="warning"} ${at(2018, 6, 2, 3, 14, 55)}`,
      `pgfleet_bmc_event_timestamp_seconds{sensor="Power Supply PS2 Status",event="Power Supply AC lost",severity="critical"} ${at(2012, 11, 8, 11, 20, 41)}`,
    ]);
  });

  it('tells power and the day the board was made', () => {
    expect(of(/watts|manufactured/)).toEqual([
      'pgfleet_bmc_power_watts{statistic="minimum"} 124',
      'pgfleet_bmc_power_watts{statistic="maximum"} 422',
      'pgfleet_bmc_power_watts{statistic="average"} 156',
      `pgfleet_bmc_fru_manufactured_timestamp_seconds{fru="Builtin FRU Device",product="PowerEdge R720"} ${Date.UTC(2012, 10, 7) / 1000}`,
    ]);
  });

  it('keeps the number of event series within bounds', () => {
    const many = Array.from(
      { length: 90 },
      (_, id) =>
        `${id.toString(16)} | 02/16/2019 | 12:11:${String(id % 60).padStart(2, '0')} | Fan F${id} | Failure detected | Asserted`,
    ).join('\n');

    expect(collect(collector, { 'ipmi-sel': `${many}\n` })).toHaveLength(50);
  });

  it.each([
    ['denied', 'permission'],
    ['timeout', 'timeout'],
    ['truncated', 'parse'],
  ] as const)('fails visibly when sensors are %s', (status, code) => {
    const broken = { ...sections, 'ipmi-sensors': { status } };

    expect(() => [...collector.samples(hostInput(broken))]).toThrow(expect.objectContaining({ code }));
  });

  it('fails visibly when the controller answers nothing at all', () => {
    const output = 'Could not open device at /dev/ipmi0: No such file or directory\n';
    const broken = { ...sections, 'ipmi-chassis': { status: 'failed', exitCode: 1, output } } as const;

    expect(() => [...collector.samples(hostInput(broken))]).toThrow(
      /ipmi-chassis: failed on the host with code 1/,
    );
  });

  it('takes one silent sensor, a unit without data or no DCMI for no failure', () => {
    const ordinary = {
      ...sections,
      'ipmi-sensors': {
        status: 'failed',
        exitCode: 1,
        output: fixture('sdr-elist'),
      },
      'ipmi-fru': { status: 'failed', exitCode: 1, output: fixture('fru') },
      'ipmi-power': { status: 'failed', exitCode: 1 },
    } as const;

    expect(collect(collector, ordinary).length).toBeGreaterThan(40);
  });

  it('is silent where there is no controller', () => {
    expect(collect(collector, { 'ipmi-bmc': { status: 'absent' } })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { collect } from '../../../test/support/host.ts';
import { collector } from './ipmi.ts';

const fixture = (name: string) => fixtureText(`ipmi/${name}.txt`);
const sections = {
  'ipmi-bmc': { output: fixture('mc-info'), durationSeconds: 0.2 },
  'ipmi-sensors': { output: fixture('sdr-elist'), durationSeconds: 4.1 },
  'ipmi-chassis': fixture('chassis-status'),
  'ipmi-sel-info': fixture('sel-info'),
  'ipmi-sel': fixture('sel-elist'),
  'ipmi-power': fixture('dcmi-power-reading'),
};
const lines = collect(collector, sections);
const of = (pattern: RegExp) => lines.filter((line) => pattern.test(line));

describe('ipmi', () => {
  it('gives readings and states by the id and name of the sensor', () => {
    expect(of(/Fan1|Fan2|Fan 3|Exhaust|Voltage 1|Current 1|Power Supply 3/)).toEqual([
      'ipmi_fan_speed_rpm{id="48",name="Fan1 RPM"} 5040',
      'ipmi_fan_speed_state{id="48",name="Fan1 RPM"} 0',
      'ipmi_fan_speed_rpm{id="49",name="Fan2 RPM"} 0',
      'ipmi_fan_speed_state{id="49",name="Fan2 RPM"} 2',
      'ipmi_fan_speed_ratio{id="58",name="Fan 3 DutyCycle"} 0.3332',
      'ipmi_fan_speed_state{id="58",name="Fan 3 DutyCycle"} 0',
      'ipmi_temperature_celsius{id="1",name="Exhaust Temp"} 71',
      'ipmi_temperature_state{id="1",name="Exhaust Temp"} 1',
      'ipmi_voltage_volts{id="108",name="Voltage 1"} 230',
      'ipmi_voltage_state{id="108",name="Voltage 1"} 0',
      'ipmi_current_amperes{id="106",name="Current 1"} 0.6',
      'ipmi_current_state{id="106",name="Current 1"} 0',
      'ipmi_power_watts{id="3",name="Power Supply 3"} 110',
      'ipmi_power_state{id="3",name="Power Supply 3"} 0',
    ]);
  });

  it('gives sensors of other kinds with their type, and only what they have', () => {
    expect(of(/PS2 Status|Riser|name="SEL"|Drive 1/)).toEqual([
      'ipmi_sensor_state{id="134",name="PS2 Status",type="Power Supply"} 2',
      'ipmi_sensor_state{id="129",name="Drive 1",type="Drive Slot"} 2',
    ]);
  });

  it('tells chassis faults the way ipmi_exporter does: 1 is well', () => {
    expect(of(/^ipmi_chassis/)).toEqual([
      'ipmi_chassis_power_state 1',
      'ipmi_chassis_drive_fault_state 0',
      'ipmi_chassis_cooling_fault_state 1',
    ]);
  });

  it('tells power, controller and log', () => {
    expect(of(/^ipmi_(?:dcmi|bmc|sel|scrape)/)).toEqual([
      'ipmi_dcmi_power_consumption_watts 168',
      'ipmi_bmc_info{firmware_revision="1.54",manufacturer_id="DELL Inc (674)",system_firmware_version="N/A"} 1',
      'ipmi_sel_logs_count 471',
      'ipmi_sel_free_space_bytes 656',
      'ipmi_scrape_duration_seconds 4.3',
    ]);
  });

  it('counts events by state only when all of them were read', () => {
    const short = collect(collector, {
      ...sections,
      'ipmi-sel-info': 'Entries : 8\nFree Space : 1000 bytes\n',
    });

    expect(short.filter((line) => line.startsWith('ipmi_sel_events'))).toEqual([
      'ipmi_sel_events_count_by_state{state="Nominal"} 3',
      'ipmi_sel_events_count_by_state{state="Warning"} 1',
      'ipmi_sel_events_count_by_state{state="Critical"} 4',
    ]);
  });

  it('says which part answered', () => {
    const some = collect(collector, {
      'ipmi-bmc': fixture('mc-info'),
      'ipmi-sensors': { status: 'timeout' },
      'ipmi-power': {
        status: 'failed',
        exitCode: 1,
        output: 'DCMI request failed because: Invalid command (c1)\n',
      },
    });

    expect(of(/^ipmi_up/)).toHaveLength(6);
    expect(of(/^ipmi_up.* 0$/)).toEqual([]);
    expect(some).toEqual([
      'ipmi_up{collector="ipmi"} 0',
      'ipmi_up{collector="dcmi"} 0',
      'ipmi_bmc_info{firmware_revision="1.54",manufacturer_id="DELL Inc (674)",system_firmware_version="N/A"} 1',
      'ipmi_up{collector="bmc"} 1',
    ]);
  });

  it('takes no reading from a controller that does not measure', () => {
    const idle = 'Instantaneous power reading: 0 Watts\nPower reading state is: deactivated\n';

    expect(collect(collector, { 'ipmi-power': idle })).toEqual(['ipmi_up{collector="dcmi"} 1']);
  });

  it('is silent where there is no controller', () => {
    const none = Object.keys(sections).map((name) => [name, { status: 'absent' as const }] as const);

    expect(collect(collector, Object.fromEntries(none))).toEqual([]);
  });
});

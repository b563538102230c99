import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './hwmon.ts';

const chip = (id: string, files: Readonly<Record<string, string>>) =>
  Object.entries(files)
    .map(([file, value]) => `/sys/class/hwmon/${id}/${file}${value === '' ? '' : `\t${value}`}\n`)
    .join('');

describe('hwmon', () => {
  it('names the chip after its device and exports its sensors', () => {
    const hwmon = chip('hwmon1', {
      name: 'coretemp',
      device: '/sys/devices/platform/coretemp.0',
      temp2_crit: '100000',
      temp2_crit_alarm: '0',
      temp2_input: '-55500',
      temp2_label: 'Core 0',
    });

    expect(collect(collector, { hwmon })).toEqual([
      'node_hwmon_chip_names{chip="platform_coretemp_0",chip_name="coretemp"} 1',
      'node_hwmon_sensor_label{chip="platform_coretemp_0",sensor="temp2",label="Core 0"} 1',
      'node_hwmon_temp_crit_celsius{chip="platform_coretemp_0",sensor="temp2"} 100',
      'node_hwmon_temp_crit_alarm_celsius{chip="platform_coretemp_0",sensor="temp2"} 0',
      'node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp2"} -55.5',
    ]);
  });

  it('reads the values of old kernels from the folder of the device', () => {
    const hwmon = chip('hwmon0', { 'device/name': 'w83627hf', 'device/in0_input': '1024' });

    expect(collect(collector, { hwmon })).toEqual([
      'node_hwmon_chip_names{chip="w83627hf",chip_name="w83627hf"} 1',
      'node_hwmon_in_volts{chip="w83627hf",sensor="in0"} 1.024',
    ]);
  });

  it.each([
    ['fan2_input', '1098', 'node_hwmon_fan_rpm{chip="hwmon4",sensor="fan2"} 1098'],
    ['fan2_min', '500', 'node_hwmon_fan_min_rpm{chip="hwmon4",sensor="fan2"} 500'],
    ['fan2_alarm', '1', 'node_hwmon_fan_alarm{chip="hwmon4",sensor="fan2"} 1'],
    ['fan2_beep', '0', 'node_hwmon_fan_beep_enabled{chip="hwmon4",sensor="fan2"} 0'],
    ['curr1_input', '2500', 'node_hwmon_curr_amps{chip="hwmon4",sensor="curr1"} 2.5'],
    ['power1_average', '250000000', 'node_hwmon_power_average_watt{chip="hwmon4",sensor="power1"} 250'],
    ['power1_accuracy', '900000', 'node_hwmon_power_accuracy{chip="hwmon4",sensor="power1"} 0.9'],
    [
      'power1_average_interval',
      '1000',
      'node_hwmon_power_average_interval_seconds{chip="hwmon4",sensor="power1"} 1',
    ],
    ['energy1_input', '5000000', 'node_hwmon_energy_joule_total{chip="hwmon4",sensor="energy1"} 5'],
    ['humidity1_input', '500000', 'node_hwmon_humidity{chip="hwmon4",sensor="humidity1"} 0.5'],
    ['pwm1', '128', 'node_hwmon_pwm{chip="hwmon4",sensor="pwm1"} 128'],
    ['pwm1_auto_point1_temp', '30000', 'node_hwmon_pwm_auto_point1_temp{chip="hwmon4",sensor="pwm1"} 30000'],
    ['intrusion0_alarm', '1', 'node_hwmon_intrusion_alarm{chip="hwmon4",sensor="intrusion0"} 1'],
    ['beep_enable', '1', 'node_hwmon_beep_enabled{chip="hwmon4",sensor="beep_enable0"} 1'],
    [
      'update_interval',
      '1500',
      'node_hwmon_update_interval_seconds{chip="hwmon4",sensor="update_interval0"} 1.5',
    ],
    ['vrm', '110', 'node_hwmon_voltage_regulator_version{chip="hwmon4",sensor="vrm0"} 110'],
  ])('exports %s in its unit', (file, value, sample) => {
    expect(collect(collector, { hwmon: chip('hwmon4', { [file]: value }) })).toEqual([sample]);
  });

  it('names a clock by what it drives', () => {
    const hwmon = chip('hwmon4', { freq1_input: '214000000', freq1_label: 'sclk' });

    expect(collect(collector, { hwmon })).toContain(
      'node_hwmon_freq_freq_mhz{chip="hwmon4",sensor="sclk"} 214',
    );
  });

  it('keeps chips of one device apart', () => {
    const device = '/sys/devices/virtual/ieee80211/phy0';
    const hwmon =
      chip('hwmon8', { name: 'mt7996_phy0.0', device, temp1_input: '1000' }) +
      chip('hwmon9', { name: 'mt7996_phy0.1', device, temp1_input: '2000' });

    expect(collect(collector, { hwmon })).toContain(
      'node_hwmon_temp_celsius{chip="ieee80211_phy0_mt7996_phy0_1",sensor="temp1"} 2',
    );
  });

  it('says nothing of a sensor that gives no number', () => {
    const hwmon = chip('hwmon4', {
      temp1_input: '',
      temp2_input: 'N/A',
      fan1_input: '1e999',
      other1_input: '1',
    });

    expect(collect(collector, { hwmon })).toEqual([]);
  });
});

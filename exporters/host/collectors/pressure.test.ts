import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './pressure.ts';

const text = (some: number, full: number) =>
  `some avg10=0.10 avg60=0.00 avg300=0.00 total=${some}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${full}\n`;

it('exports waiting and stalled time in seconds', () => {
  const sections = {
    'pressure-cpu': text(14_036_781, 0),
    'pressure-io': text(159_886_802, 159_229_614),
    'pressure-memory': text(0, 0),
    'pressure-irq': 'full avg10=0.00 avg60=0.00 avg300=0.00 total=8494\n',
  };

  expect(collect(collector, sections)).toEqual([
    'node_pressure_cpu_waiting_seconds_total 14.036781',
    'node_pressure_io_waiting_seconds_total 159.886802',
    'node_pressure_io_stalled_seconds_total 159.229614',
    'node_pressure_memory_waiting_seconds_total 0',
    'node_pressure_memory_stalled_seconds_total 0',
    'node_pressure_irq_stalled_seconds_total 0.008494',
  ]);
});

it('has nothing to say of a kernel that does not count it, or was told not to', () => {
  expect(
    collect(collector, { 'pressure-cpu': { status: 'absent' }, 'pressure-io': { status: 'failed' } }),
  ).toEqual([]);
});

it('refuses another text', () => {
  expect(() => collect(collector, { 'pressure-cpu': 'none\n' })).toThrow('/proc/pressure/cpu');
});

import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseCpuLines } from './cpu.ts';

const MODERN =
  'cpu  30 0 0 0 0 0 0 0 0 0\ncpu0 100 20 30 4000 50 6 7 8 9 10\ncpu11 1 2 3 4 5 6 7 8 9 10\nintr 5\n';

describe('cpu', () => {
  it('exports every mode of every CPU in seconds, without the sum line', () => {
    const samples = collect(collector, { stat: MODERN });

    expect(samples.slice(0, 10)).toEqual([
      'node_cpu_seconds_total{cpu="0",mode="user"} 1',
      'node_cpu_seconds_total{cpu="0",mode="nice"} 0.2',
      'node_cpu_seconds_total{cpu="0",mode="system"} 0.3',
      'node_cpu_seconds_total{cpu="0",mode="idle"} 40',
      'node_cpu_seconds_total{cpu="0",mode="iowait"} 0.5',
      'node_cpu_seconds_total{cpu="0",mode="irq"} 0.06',
      'node_cpu_seconds_total{cpu="0",mode="softirq"} 0.07',
      'node_cpu_seconds_total{cpu="0",mode="steal"} 0.08',
      'node_cpu_guest_seconds_total{cpu="0",mode="user"} 0.09',
      'node_cpu_guest_seconds_total{cpu="0",mode="nice"} 0.1',
    ]);
    expect(samples).toHaveLength(20);
  });

  it('leaves out the modes an old kernel does not have', () => {
    const el5 = collect(collector, { stat: 'cpu0 1 2 3 4 5 6 7 8\n' });
    const el6 = collect(collector, { stat: 'cpu0 1 2 3 4 5 6 7 8 9\n' });

    expect(el5).toHaveLength(8);
    expect(el5.join()).not.toContain('guest');
    expect(el6).toHaveLength(9);
  });

  it('counts in the ticks of the architecture', () => {
    const samples = collect(collector, { stat: 'cpu0 1024 0 0 0\n' }, { machine: 'ia64' });

    expect(samples[0]).toBe('node_cpu_seconds_total{cpu="0",mode="user"} 1');
  });

  it.each([[''], ['cpu  1 2 3 4\n'], ['cpu0 1 2 x 4\n'], ['cpu0 1 2 3\n'], ['cpu0 1 -2 3 4\n']])(
    'refuses %j',
    (text) => {
      expect(() => parseCpuLines(text)).toThrow('/proc/stat');
    },
  );
});

import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './processes.ts';

it('exports processes by state, and the limits', () => {
  const sections = {
    processes: 'state S 2\nstate I 1\nthreads 7\npids 3\n',
    limits: '/proc/sys/kernel/pid_max\t123\n/proc/sys/kernel/threads-max\t7801\n',
  };

  expect(collect(collector, sections)).toEqual([
    'node_processes_state{state="S"} 2',
    'node_processes_state{state="I"} 1',
    'node_processes_pids 3',
    'node_processes_threads 7',
    'node_processes_max_processes 123',
    'node_processes_max_threads 7801',
  ]);
});

it('refuses other text', () => {
  expect(() => collect(collector, { processes: 'threads\n' })).toThrow('section processes');
});

/**
 * Source: /proc/<pid>/stat of all processes, counted on the host; /proc/sys/kernel/{pid_max,threads-max}
 * Shape:  "state S 109", "threads 328", "pids 113"
 * Units:  processes and threads
 * Needs:  nothing; with hidepid only our own show   Cost: a small file for each process; off by default, as in
 *         node_exporter
 * Absent when: a state no process is in
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const states = gauge('node_processes_state', 'Processes in each state.', ['state']);
const pids = gauge('node_processes_pids', 'Processes.');
const threads = gauge('node_processes_threads', 'Threads of all processes.');
const maxPids = gauge('node_processes_max_processes', 'Highest number of a process.');
const maxThreads = gauge('node_processes_max_threads', 'Most threads the kernel allows.');

export const collector = {
  name: 'processes',
  help: 'How many processes and threads there are, in which states, and how many there may be.',
  metrics: [states, pids, threads, maxPids, maxThreads],
  enabledByDefault: false,
  sections: ['processes'],
  tier: 'detail',
  *samples({ section }) {
    const text = contentOf(section('processes'));
    if (text === undefined) return;
    const counts = new Map(
      [...text.matchAll(/^(state [A-Za-z]|threads|pids) (\d+)$/gm)].map(([, word = '', digits]) => [
        word,
        digits,
      ]),
    );
    if (!counts.has('pids')) throw new ParseError('section processes', 'a line "pids 113"', text);
    for (const [word, digits] of counts)
      if (word.startsWith('state ')) yield states({ state: word.slice(6) }, kernelNumber(digits));
    yield pids(kernelNumber(counts.get('pids')));
    yield threads(kernelNumber(counts.get('threads')));
    for (const { groups, line } of filesOf(
      section('limits'),
      /^\/proc\/sys\/kernel\/(?<file>pid_max|threads-max)$/,
    ))
      yield (groups['file'] === 'pid_max' ? maxPids : maxThreads)(kernelNumber(line));
  },
} satisfies HostCollector;

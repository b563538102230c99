/**
 * Source: /proc/sys/kernel/osrelease, /proc/uptime, the first CPU of /proc/cpuinfo; the catalog of faults
 * Shape:  "2.6.32-220.el6.x86_64"
 * Units:  seconds
 * Needs:  nothing   Cost: none, others read these files
 * Absent when: no such fault is known for the kernel and the processor
 */
import { uptimeLimits } from '../../../catalog/uptime-limits.ts';
import { gauge } from '../../../lib/metric.ts';
import { cpuIdentity, parseCpuinfo } from '../formats/cpuinfo.ts';
import { contentOf, type HostCollector, kernelNumber, treeOf } from '../host-collector.ts';

const left = gauge(
  'pgfleet_host_uptime_limit_seconds',
  'Time left until a known fault hangs the machine unless it is rebooted; negative when past it.',
  ['fault', 'what'],
);

const DAY = 86_400;

export const collector = {
  name: 'uptime_limits',
  help: 'How long the machine may stay up before a known fault of its kernel or processor hangs it.',
  metrics: [left],
  sections: ['kernel', 'uptime'],
  tier: 'fast',
  *samples({ section, header, catalog }) {
    const [kernel] = treeOf(contentOf(section('kernel')) ?? '').get('/proc/sys/kernel/osrelease') ?? [];
    const uptime = kernelNumber(contentOf(section('uptime'))?.trim().split(' ')[0]);
    if (kernel === undefined || uptime === undefined) return;
    const { x86 } = cpuIdentity(parseCpuinfo(contentOf(section('cpu0')) ?? ''));
    const processor = x86 && `${x86.family}:${x86.model}`;
    for (const { id, what, days } of uptimeLimits(catalog.uptimeLimits, {
      kernel,
      machine: header.machine,
      processor,
    }))
      yield left({ fault: id, what }, days * DAY - uptime);
  },
} satisfies HostCollector;

/**
 * Source: /sys/fs/selinux/enforce (/selinux/enforce before RHEL 7), /etc/selinux/config
 * Shape:  "1"; "SELINUX=enforcing"
 * Units:  modes: 1 enforcing, 0 permissive, -1 disabled
 * Needs:  nothing   Cost: two small files
 * Absent when: the modes, where SELinux is not in use
 */
import { gauge } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const enabled = gauge('node_selinux_enabled', 'Whether SELinux is in use.');
const configured = gauge(
  'node_selinux_config_mode',
  'Mode after the next boot: 1 enforcing, 0 permissive, -1 disabled.',
);
const current = gauge('node_selinux_current_mode', 'Mode now: 1 enforcing, 0 permissive.');

const MODES: Readonly<Record<string, number>> = { enforcing: 1, permissive: 0, disabled: -1 };

export const collector = {
  name: 'selinux',
  help: 'Whether SELinux guards the host.',
  metrics: [enabled, configured, current],
  sections: ['selinux'],
  tier: 'fast',
  *samples({ section }) {
    const found = section('selinux');
    if (found.status === 'missing') return;
    let mode: number | undefined;
    for (const { line } of filesOf(found, /^(?<root>\/sys\/fs)?\/selinux\/enforce$/))
      mode ??= kernelNumber(line);
    yield enabled(Number(mode !== undefined));
    if (mode === undefined) return;
    yield current(mode);
    for (const { lines } of filesOf(found, /^\/etc\/selinux\/(?<file>config)$/)) {
      const word = lines.map((line) => /^\s*SELINUX\s*=\s*(\w+)/.exec(line)?.[1]).find(Boolean);
      yield configured(word === undefined ? undefined : MODES[word.toLowerCase()]);
    }
  },
} satisfies HostCollector;

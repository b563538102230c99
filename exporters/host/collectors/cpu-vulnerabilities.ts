/**
 * Source: /sys/devices/system/cpu/vulnerabilities/*, https://docs.kernel.org/admin-guide/hw-vuln/
 * Shape:  "Not affected", "Vulnerable", "Vulnerable: No microcode", "Mitigation: PTI", "KVM: Mitigation: VMX disabled"
 * Units:  labels of a series that is always 1
 * Needs:  nothing   Cost: one small file per vulnerability
 * Absent when: the kernel is older than the fixes of January 2018 and has no such folder; then
 *         pgfleet_host_cpu_vulnerabilities_reported is 0, which means unknown and not safe
 */
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, treeOf } from '../host-collector.ts';

const info = gauge('node_cpu_vulnerabilities_info', 'State of each known CPU vulnerability, always 1.', [
  'codename',
  'state',
  'mitigation',
]);
const reported = gauge(
  'pgfleet_host_cpu_vulnerabilities_reported',
  'Whether the kernel reports on CPU vulnerabilities; one that does not is older than the fixes.',
);

export const collector = {
  name: 'cpu_vulnerabilities',
  help: 'Which CPU vulnerabilities apply, and whether the kernel works around them.',
  metrics: [info, reported],
  sections: ['vulnerabilities'],
  tier: 'fast',
  *samples({ section }) {
    const found = section('vulnerabilities');
    const text = contentOf(found);
    if (found.status === 'missing') return;
    yield reported(text === undefined ? 0 : 1);
    for (const [path, [line]] of treeOf(text ?? '')) {
      const codename = path.slice(path.lastIndexOf('/') + 1);
      if (line !== undefined) yield info({ codename, ...parseVulnerability(line) }, 1);
    }
  },
} satisfies HostCollector;

/** The state in the words of node_exporter, and what the kernel does about it. */
export function parseVulnerability(line: string): { state: string; mitigation: string } {
  const text = line.trim().replace(/^KVM: /, '');
  if (/^not affected/i.test(text)) return { state: 'not affected', mitigation: '' };
  const [, kind, rest = ''] = /^(vulnerable|mitigation|unknown)\b[:,;]? ?(.*)$/i.exec(text) ?? [];
  if (kind === undefined) return { state: 'unknown', mitigation: text };
  return { state: kind.toLowerCase(), mitigation: rest };
}

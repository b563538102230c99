/**
 * Source: /proc/cpuinfo, the catalog of microcode
 * Shape:  "microcode : 0x710"
 * Units:  revisions as numbers, as the maker counts them
 * Needs:  nothing; kernels before 3.2 (EL6: 2.6.32-358) do not tell   Cost: one file
 * Absent when: of virtual machines, which show what their host likes; the newest revision and the verdict, of
 *         processors the catalog does not have
 */
import { newestMicrocode } from '../../../catalog/microcode.ts';
import { gauge } from '../../../lib/metric.ts';
import { cpuField, cpuIdentity, parseCpuinfo } from '../formats/cpuinfo.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';
import { isVirtual } from './virtual.ts';

const revision = gauge(
  'pgfleet_host_microcode_revision',
  'Revision of the microcode of the first processor.',
);
const newest = gauge('pgfleet_host_microcode_newest_revision', 'Newest revision the catalog knows for it.');
const outdated = gauge(
  'pgfleet_host_microcode_outdated',
  'Whether the microcode is older than the newest the catalog knows.',
);

export const collector = {
  name: 'microcode',
  help: 'Whether the microcode of the processors is the newest known.',
  metrics: [revision, newest, outdated],
  sections: ['cpuinfo'],
  tier: 'inventory',
  *samples(input) {
    const text = contentOf(input.section('cpuinfo'));
    if (text === undefined || isVirtual(input)) return;
    const cpu = parseCpuinfo(text);
    const given = cpuField(cpu, 'microcode');
    const current = /^0x[0-9a-f]{1,8}$/i.test(given ?? '') ? Number(given) : undefined;
    yield revision(current);
    const { x86 } = cpuIdentity(cpu);
    if (x86?.stepping === undefined) return;
    const known = newestMicrocode(input.catalog.microcode, { ...x86, stepping: x86.stepping });
    yield newest(known);
    if (known !== undefined && current !== undefined) yield outdated(Number(current < known));
  },
} satisfies HostCollector;

/**
 * Source: what the `uname` collector reads; the catalog
 * Shape:  "6.12.5" and "5.4.278-1.el7.elrepo.x86_64" are kernels of kernel.org, "6.1.0-18-amd64" is Debian's
 * Units:  seconds since the epoch; states as one series per state
 * Needs:  nothing   Cost: none beside that collector's
 * Absent when: the end, of a distribution's kernel, which lives as long as its release (os_support), and of
 *         releases the catalog does not know
 */
import { kernelRelease } from '../../../catalog/releases.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, treeOf } from '../host-collector.ts';

const end = gauge(
  'pgfleet_host_kernel_support_end_timestamp_seconds',
  'End of the support of a kernel of kernel.org by the catalog.',
  ['release'],
);
const state = gauge(
  'pgfleet_host_kernel_support_state',
  'State of the support of the kernel: 1 for the one it is in; distribution where that maintains it.',
  ['state'],
);

const STATES = ['supported', 'ending', 'ended', 'unknown', 'distribution'] as const;
/** Whatever a distribution builds has a build number behind the version; ELRepo packs kernel.org's as they are. */
const OF_KERNEL_ORG = /^\d+\.\d+(?:\.\d+)?(?:$|\+$|-\d+\.el\d+\.elrepo\b)/;

export const collector = {
  name: 'kernel_support',
  help: 'Whether a kernel that no distribution maintains is still supported, and until when.',
  metrics: [end, state],
  sections: ['kernel'],
  tier: 'fast',
  *samples({ section, catalog, now }) {
    const text = contentOf(section('kernel'));
    if (text === undefined) return;
    const [release = ''] = treeOf(text).get('/proc/sys/kernel/osrelease') ?? [];
    const support = OF_KERNEL_ORG.test(release)
      ? kernelRelease(catalog.kernel, release, now * 1000)
      : undefined;
    const current = support?.status ?? (release === '' ? 'unknown' : 'distribution');
    for (const known of STATES) yield state({ state: known }, Number(known === current));
    if (support?.name !== undefined && support.eol !== undefined)
      yield end({ release: support.name }, support.eol / 1000);
  },
} satisfies HostCollector;

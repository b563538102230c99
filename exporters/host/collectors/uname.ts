/**
 * Source: /proc/sys/kernel/{ostype,osrelease,version,hostname,domainname}, `uname -m`
 * Shape:  "Linux", "2.6.18-398.el5", "#1 SMP Tue Sep 16 20:51:48 EDT 2014", "db1", "(none)", "x86_64"
 * Units:  labels of a series that is always 1
 * Needs:  nothing   Cost: five files and one process
 * Absent when: never on Linux
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, treeOf } from '../host-collector.ts';

const info = gauge('node_uname_info', 'Kernel, machine type and name of the host, always 1.', [
  'sysname',
  'release',
  'version',
  'machine',
  'nodename',
  'domainname',
]);

export const collector = {
  name: 'uname',
  help: 'Which kernel runs on which kind of machine.',
  metrics: [info],
  sections: ['kernel'],
  tier: 'fast',
  *samples({ section, header }) {
    const text = contentOf(section('kernel'));
    if (text === undefined) return;
    const files = treeOf(text);
    const of = (name: string) => files.get(`/proc/sys/kernel/${name}`)?.[0] ?? '';
    const release = of('osrelease');
    if (release === '') throw new ParseError('/proc/sys/kernel/osrelease', 'a kernel release', '');
    yield info(
      {
        sysname: of('ostype'),
        release,
        version: of('version'),
        machine: header.machine ?? '',
        nodename: of('hostname'),
        domainname: of('domainname'),
      },
      1,
    );
  },
} satisfies HostCollector;

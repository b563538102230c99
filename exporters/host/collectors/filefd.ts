/**
 * Source: /proc/sys/fs/file-nr, https://docs.kernel.org/admin-guide/sysctl/fs.html
 * Shape:  "1024	0	1631329"
 * Units:  open files, exported as they are
 * Needs:  nothing   Cost: one file
 * Absent when: never on Linux
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const allocated = gauge('node_filefd_allocated', 'Open files of the whole system.');
const maximum = gauge('node_filefd_maximum', 'Open files the system allows.');

export const collector = {
  name: 'filefd',
  help: 'How many files are open and may be open.',
  metrics: [allocated, maximum],
  sections: ['file-nr'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('file-nr'));
    if (text === undefined) return;
    const [, open, most] = /^(\d{1,20})\s+\d+\s+(\d{1,20})\s*$/.exec(text) ?? [];
    if (open === undefined) throw new ParseError('/proc/sys/fs/file-nr', 'three numbers', text);
    yield allocated(Number(open));
    yield maximum(Number(most));
  },
} satisfies HostCollector;

import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseVmstat } from './vmstat.ts';

it('exports paging and kills, and nothing else', () => {
  const vmstat =
    'nr_free_pages 977769\npgpgin 7344136\npgpgout 1541180581\npswpin 1476\npswpout 35045\npgfault 2320168809\npgmajfault 507162\noom_kill 2\n';

  expect(collect(collector, { vmstat })).toEqual([
    'node_vmstat_oom_kill 2',
    'node_vmstat_pgfault 2320168809',
    'node_vmstat_pgmajfault 507162',
    'node_vmstat_pgpgin 7344136',
    'node_vmstat_pgpgout 1541180581',
    'node_vmstat_pswpin 1476',
    'node_vmstat_pswpout 35045',
  ]);
});

it('leaves out what an old kernel does not count', () => {
  expect(collect(collector, { vmstat: 'pgpgin 1\n' })).toEqual(['node_vmstat_pgpgin 1']);
});

it('refuses a text without fields', () => {
  expect(() => parseVmstat('55\n')).toThrow('/proc/vmstat');
  expect(() => parseVmstat('pgpgin: 5\n')).toThrow('/proc/vmstat');
});

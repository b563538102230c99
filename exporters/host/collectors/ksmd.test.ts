import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './ksmd.ts';

it('exports what KSM does and saves', () => {
  const ksm = `/sys/kernel/mm/ksm/full_scans\t323
/sys/kernel/mm/ksm/general_profit\t-5
/sys/kernel/mm/ksm/sleep_millisecs\t20
/sys/kernel/mm/ksm/max_page_sharing\t256
`;

  expect(collect(collector, { ksm })).toEqual([
    'node_ksmd_full_scans_total 323',
    'node_ksmd_general_profit_bytes -5',
    'node_ksmd_sleep_seconds 0.02',
  ]);
});

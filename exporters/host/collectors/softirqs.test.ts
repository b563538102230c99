import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './softirqs.ts';

it('exports the work of each CPU', () => {
  const softirqs =
    '                    CPU0       CPU1       \n          HI:          7          1\n      NET_RX:      43066     104508\n';

  expect(collect(collector, { softirqs })).toEqual([
    'node_softirqs_functions_total{cpu="0",type="HI"} 7',
    'node_softirqs_functions_total{cpu="1",type="HI"} 1',
    'node_softirqs_functions_total{cpu="0",type="NET_RX"} 43066',
    'node_softirqs_functions_total{cpu="1",type="NET_RX"} 104508',
  ]);
});

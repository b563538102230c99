import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './nvme.ts';

it('exports what the device says, without its padding', () => {
  const nvme = `/sys/class/nvme/nvme0/model\tSamsung SSD 970 PRO 512GB               
/sys/class/nvme/nvme0/firmware_rev\t1B2QEXP7
/sys/class/nvme/nvme0/cntlid
/sys/class/nvme/nvme0/state\tlive
`;

  expect(collect(collector, { nvme })).toEqual([
    'node_nvme_info{device="nvme0",model="Samsung SSD 970 PRO 512GB",firmware_revision="1B2QEXP7",state="live"} 1',
  ]);
});

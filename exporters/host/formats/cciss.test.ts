import { expect, it } from 'vitest';
import { parseCciss } from './cciss.ts';

it('reads the volumes of each controller; their state is not told', () => {
  const text = `cciss0: HP Smart Array P400 Controller
Board ID: 0x3234103c
Firmware Version: 5.26
IRQ: 98
Logical drives: 2

cciss/c0d0:   73.37GB	RAID 1(1+0)
cciss/c0d1:  587.12GB	RAID 5

cciss1: HP Smart Array P800 Controller
Firmware Version: 7.22
cciss/c1d0: 1000.17GB	RAID ADG
`;

  expect(parseCciss(text).controllers).toEqual([
    {
      tool: 'cciss',
      id: '0',
      model: 'HP Smart Array P400',
      firmware: '5.26',
      batteries: [],
      volumes: [
        { id: 'c0d0', device: '/dev/cciss/c0d0', level: 'raid1', sizeBytes: 73.37e9, tasks: [] },
        { id: 'c0d1', device: '/dev/cciss/c0d1', level: 'raid5', sizeBytes: 587.12e9, tasks: [] },
      ],
      drives: [],
    },
    {
      tool: 'cciss',
      id: '1',
      model: 'HP Smart Array P800',
      firmware: '7.22',
      batteries: [],
      volumes: [{ id: 'c1d0', device: '/dev/cciss/c1d0', level: 'raid6', sizeBytes: 1000.17e9, tasks: [] }],
      drives: [],
    },
  ]);
});

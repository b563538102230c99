import { expect, it } from 'vitest';
import { parseMvcli } from './mvcli.ts';
import { mergeReports } from './raid.ts';

const hba = `SG driver version 3.5.36.

Adapter ID:                          0
Product:                             1b4b-9230
Firmware version:                    2.5.13.1210
Image health:                        Healthy
`;

const volumes = `SG driver version 3.5.36.

Virtual Disk Information
-------------------------
id:                  0
name:                boot
status:              degraded
RAID mode:           RAID1
size:                228872 M
BGA status:          running
BGA progress:        37% done
# of PDs:            2

Total # of VD:       1
`;

const drives = `SG driver version 3.5.36.

Physical Disk Information
----------------------------
Adapter:             0
PD ID:               1
Type:                SATA PD
Size:                234431064 K
model:               MTFDDAV240TCB                           
Serial:              18340000000B
Firmware version:     D0DE008
SSD Type:            SSD


Total # of PD:       1
`;

it('adds up adapter, volumes and drives', () => {
  expect(mergeReports([hba, volumes, drives].map(parseMvcli))).toEqual({
    errors: [],
    controllers: [
      {
        tool: 'mvcli',
        id: '0',
        model: '1b4b-9230',
        firmware: '2.5.13.1210',
        batteries: [],
        volumes: [
          {
            id: '0',
            name: 'boot',
            level: 'raid1',
            state: 'rebuilding',
            sizeBytes: 228872 * 2 ** 20,
            drivesExpected: 2,
            tasks: [{ kind: 'rebuild', progressRatio: 0.37 }],
          },
        ],
        drives: [
          {
            id: '1',
            model: 'MTFDDAV240TCB',
            serial: '18340000000B',
            firmware: 'D0DE008',
            sizeBytes: 234431064 * 1024,
            protocol: 'sata',
            medium: 'ssd',
          },
        ],
      },
    ],
  });
});

import { expect, it } from 'vitest';
import { enduranceUsed } from './disk-wear.ts';
import { parseSmartctl } from './smartctl.ts';

function used(model: string, row: string, rate = 'Solid State Device'): number | undefined {
  const report = parseSmartctl(`smartctl 7.2 2020-12-30 r5155 [x86_64-linux]
Device Model:     ${model}
Rotation Rate:    ${rate}
${row}
`);
  return report && enduranceUsed(report);
}

it.each([
  ['Intel', 'INTEL SSDSC2BB240G6', '233 Media_Wearout_Indicator -O--CK   050   050   000    -    0', 0.5],
  [
    'Samsung',
    'SAMSUNG MZ7WD240HAFV-00003',
    '177 Wear_Leveling_Count     PO--C-   090   090   005    -    1773',
    0.1,
  ],
  [
    'Micron',
    'Micron_5300_MTFDDAK960TDS',
    '202 Percent_Lifetime_Remain ----CK   099   099   001    -    1',
    0.01,
  ],
  [
    'Micron, unknown to the drive database',
    'MTFDDAV240TDU',
    '202 Unknown_SSD_Attribute   ----CK   097   097   005    -    432',
    0.03,
  ],
  [
    'Kingston',
    'KINGSTON SA400M8120G',
    '231 SSD_Life_Left           PO--C-   098   098   000    -    98',
    0.02,
  ],
  [
    'one whose name is the default of the drive database',
    'SanDisk Ultra II 240GB',
    '233 Media_Wearout_Indicator -O--CK   100   100   ---    -    3129',
    undefined,
  ],
  [
    'one that means something else by the id',
    'SSDSCKJB240G7R',
    '233 Total_LBAs_Written      -O--CK   100   100   000    -    129493',
    undefined,
  ],
  [
    'one that counts from 253',
    'INTEL SSDSA2SH064G1GC',
    '233 Media_Wearout_Indicator -O----   253   253   000    -    0',
    undefined,
  ],
])('reads the wear of %s', (_what, model, row, ratio) => {
  const found = used(model, row);

  if (ratio === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(ratio);
});

it('reads no wear from a disk that turns', () => {
  const row = '177 Wear_Leveling_Count     PO--C-   090   090   005    -    1773';

  expect(used('SAMSUNG HD103SI', row, '5400 rpm')).toBeUndefined();
});

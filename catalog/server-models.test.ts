import { describe, expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import { serverModel } from './server-models.ts';

const { serverModels } = loadCatalog();

describe('serverModel', () => {
  it.each([
    ['Dell Inc.', 'PowerEdge R740xd', '', '14G', 2017],
    ['Dell Inc.', 'PowerEdge R610', '', '11G', 2009],
    ['HP', 'ProLiant DL380 G7', '', 'G7', 2010],
    ['HPE', 'ProLiant DL380 Gen10', '', 'Gen10', 2017],
    ['FUJITSU', 'PRIMERGY RX300 S5', '', 'S5', 2009],
    ['Supermicro', 'Super Server', 'X10DRi', 'X10', 2014],
    ['Somebody Else', 'To be filled by O.E.M.', 'X10DRi', 'X10', 2014],
  ])('%s %s %s', (manufacturer, product, board, generation, launchYear) => {
    const found = serverModel(serverModels, { manufacturer, product, ...(board === '' ? {} : { board }) });

    expect(found).toMatchObject({ launchYear, virtual: false });
    expect(found?.generation).toContain(generation);
  });

  it('recognises virtual machines and gives them no year', () => {
    const found = serverModel(serverModels, {
      manufacturer: 'QEMU',
      product: 'Standard PC (i440FX + PIIX, 1996)',
    });

    expect(found).toMatchObject({ virtual: true });
    expect(found).not.toHaveProperty('launchYear');
  });

  it('does not take the model of one maker for that of another', () => {
    expect(
      serverModel(serverModels, { manufacturer: 'Cisco Systems Inc', product: 'PowerEdge R710' }),
    ).toBeUndefined();
    expect(
      serverModel(serverModels, { manufacturer: 'To be filled', product: 'Default string' }),
    ).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { mergeReports } from './raid.ts';
import { parseSas2ircu } from './sas2ircu.ts';

it('reads controller, volumes and drives', () => {
  expect(parseSas2ircu(fixtureText('raid/sas2ircu-display.txt'))).toMatchObject({
    errors: [],
    controllers: [
      {
        tool: 'sas2ircu',
        id: '0',
        model: 'SAS2308_2',
        firmware: '20.00.07.00',
        volumes: [{ id: '1', name: 'system', level: 'raid1', state: 'rebuilding', drivesExpected: 2 }],
        drives: [
          { id: '1:0', role: 'data', state: 'ok', group: '1', serial: 'WDWMAYP0000001', medium: 'hdd' },
          { id: '1:1', role: 'data', state: 'rebuilding', group: '1' },
          { id: '1:2', role: 'unassigned', state: 'ok', medium: 'ssd' },
        ],
      },
    ],
  });
});

it('adds the progress that STATUS tells', () => {
  const outputs = ['display', 'status'].map((name) => fixtureText(`raid/sas2ircu-${name}.txt`));

  const { controllers } = mergeReports(outputs.map(parseSas2ircu));

  expect(controllers).toMatchObject([
    { id: '0', volumes: [{ id: '1', level: 'raid1', tasks: [{ kind: 'resync', progressRatio: 0.625 }] }] },
  ]);
});

it('knows IT firmware, which has no volumes, from a controller that is not there', () => {
  const none =
    'SAS2IRCU: there are no IR volumes on the controller!\nSAS2IRCU: Error executing command STATUS.\n';

  expect(parseSas2ircu(none)).toEqual({ controllers: [], errors: ['Error executing command STATUS.'] });
  expect(parseSas2ircu('SAS3IRCU: No Controller Found at index 1.\n').errors).toEqual([
    'No Controller Found at index 1.',
  ]);
});

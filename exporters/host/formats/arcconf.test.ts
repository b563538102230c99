import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { parseArcconf } from './arcconf.ts';

describe('parseArcconf', () => {
  const [controller] = parseArcconf(fixtureText('raid/arcconf-6405.txt')).controllers;

  it('reads a controller without protection for its cache', () => {
    expect(controller).toMatchObject({
      tool: 'arcconf',
      id: '1',
      model: 'Adaptec 6405',
      serial: '2B000000000',
      firmware: '5.2-0 (19109)',
      state: 'ok',
      temperatureCelsius: 63,
      memoryBytes: 512 * 2 ** 20,
      batteries: [{ state: 'not_installed' }],
    });
  });

  it('reads logical devices with their segments and policies', () => {
    expect(controller?.volumes).toMatchObject([
      {
        id: '0',
        name: 'pgdata',
        level: 'raid10',
        state: 'rebuilding',
        drivesExpected: 4,
        drivesActive: 2,
        badBlocks: false,
        cache: { writeDefault: 'write_back', writeCurrent: 'write_through', writeBackUnprotected: false },
      },
      {
        id: '1',
        level: 'raid6',
        state: 'initializing',
        badBlocks: true,
        cache: { writeCurrent: 'write_back', writeBackUnprotected: true },
        tasks: [{ kind: 'initialize', progressRatio: 0.9 }],
      },
    ]);
    expect(controller?.volumes[1]).not.toHaveProperty('drivesExpected');
  });

  it('reads drives, not enclosures, and ties them to their volume by place', () => {
    expect(controller?.drives).toMatchObject([
      {
        id: '0,0',
        role: 'data',
        state: 'ok',
        group: '0',
        temperatureCelsius: 34,
        mediaErrors: 5,
        medium: 'hdd',
      },
      { id: '0,1', state: 'predictive_failure', predictiveFailures: 4 },
      { id: '0,2', state: 'missing', group: '0' },
      { id: '0,3', state: 'rebuilding', group: '0' },
    ]);
    expect(controller?.drives).toHaveLength(4);
    expect(controller?.drives[1]).not.toHaveProperty('temperatureCelsius');
    expect(controller?.drives[2]).not.toHaveProperty('sizeBytes');
  });

  it('reads SmartRAID controllers, whose arrays list volumes and drives a second time', () => {
    const { controllers } = parseArcconf(fixtureText('raid/arcconf-smartraid.txt'));

    expect(controllers).toMatchObject([
      {
        model: 'Adaptec SmartRAID 3154-8i',
        firmware: '4.11',
        temperatureCelsius: 51,
        memoryBytes: 3644 * 2 ** 20,
        batteries: [{ kind: 'capacitor', state: 'ok' }],
        volumes: [
          {
            id: '0',
            device: '/dev/sda',
            drivesExpected: 2,
            drivesActive: 2,
            cache: { writeDefault: 'write_back', writeCurrent: 'write_back', writeBackUnprotected: false },
          },
        ],
        drives: [
          { id: '0,0', role: 'data', group: '0', medium: 'ssd', temperatureCelsius: 28 },
          { id: '0,1', role: 'spare', state: 'ok' },
        ],
      },
    ]);
  });

  it('numbers controllers in the order of their outputs', () => {
    const one = fixtureText('raid/arcconf-6405.txt');
    const two = fixtureText('raid/arcconf-smartraid.txt');

    expect(parseArcconf(`${one}${two}`).controllers.map(({ id, model }) => [id, model])).toEqual([
      ['1', 'Adaptec 6405'],
      ['2', 'Adaptec SmartRAID 3154-8i'],
    ]);
    expect(parseArcconf(two, 2).controllers[0]?.id).toBe('2');
  });

  it('reads an output of drives alone', () => {
    const whole = fixtureText('raid/arcconf-6405.txt');
    const drives = `Controllers found: 1\n${whole.slice(whole.indexOf('\n\n\n----') + 3)}`;

    expect(parseArcconf(drives).controllers[0]?.drives).toHaveLength(4);
  });

  it.each([
    [
      'Controller Battery Information',
      'Status : Optimal\n   Capacity remaining : 87 percent',
      'battery',
      'ok',
      0.87,
    ],
    ['Controller Battery Information', 'Status : Charging', 'battery', 'charging', undefined],
    ['Controller Battery Information', 'Status : Failed', 'battery', 'failed', undefined],
    [
      'Controller Cache Backup Unit Information',
      'Overall Backup Unit Status : Not Ready',
      'capacitor',
      'degraded',
      undefined,
    ],
    [
      'Controller Cache Backup Unit Information',
      'Overall Backup Unit Status : Ready\n   Charge Level : 100 percent',
      'capacitor',
      'ok',
      1,
    ],
  ])('reads %s with %j', (heading, lines, kind, state, chargeRatio) => {
    const output = `Controllers found: 1\n----\n${heading}\n----\n   ${lines}\n`;

    const [battery] = parseArcconf(output).controllers[0]?.batteries ?? [];

    expect(battery).toMatchObject({ kind, state });
    expect(battery?.chargeRatio).toBe(chargeRatio);
  });

  it('finds nothing where there is no controller', () => {
    expect(parseArcconf('Controllers found: 0\n\nCommand completed successfully.\n')).toEqual({
      controllers: [],
      errors: [],
    });
  });
});

it('takes a capacitor whose state is fatal for a failed one', () => {
  const output = `Controllers found: 1
----------------------------------------------------------------------
Controller information
----------------------------------------------------------------------
   Controller Status                        : Optimal
   --------------------------------------------------------
   Controller Cache Backup Unit Information
   --------------------------------------------------------
    Overall Backup Unit Status              : Not Ready
         Backup Unit Type                   : AFM-700/700LP
         Supercap Status                    : Fatal
`;

  expect(parseArcconf(output, 1).controllers[0]?.batteries).toEqual([
    { kind: 'capacitor', model: 'AFM-700/700LP', state: 'failed' },
  ]);
});

import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { parseTwCli } from './tw-cli.ts';

describe('parseTwCli', () => {
  const [controller] = parseTwCli(fixtureText('raid/tw-cli-show-all.txt')).controllers;

  it('reads the controller and its battery', () => {
    expect(controller).toMatchObject({
      tool: 'tw_cli',
      id: '4',
      model: '9650SE-8LPML',
      serial: 'L326000A0000000',
      firmware: 'FE9X 4.10.00.027',
      batteries: [{ kind: 'battery', state: 'replace' }],
    });
  });

  it('reads units; a spare is none', () => {
    expect(controller?.volumes).toMatchObject([
      {
        id: 'u0',
        level: 'raid6',
        state: 'rebuilding',
        cache: { writeCurrent: 'write_back' },
        tasks: [{ kind: 'rebuild', progressRatio: 0.89 }],
      },
      {
        id: 'u1',
        level: 'raid1',
        state: 'ok',
        cache: { writeCurrent: 'write_through' },
        tasks: [{ kind: 'check', progressRatio: 0.16 }],
      },
    ]);
    expect(controller?.volumes).toHaveLength(2);
  });

  it('reads ports; an empty bay is no missing drive', () => {
    expect(controller?.drives.map(({ id, state, role, group }) => [id, state, role, group])).toEqual([
      ['p0', 'ok', 'data', 'u0'],
      ['p1', 'failed', 'data', 'u0'],
      ['p2', 'predictive_failure', 'data', 'u1'],
      ['p4', 'ok', 'spare', 'u2'],
      ['p5', 'ok', 'unassigned', undefined],
    ]);
    expect(controller?.drives[0]).toMatchObject({
      deviceId: 0,
      serial: '9QJ00001',
      temperatureCelsius: 34,
      powerOnSeconds: 61234 * 3600,
      sizeBytes: Math.round(931.51 * 2 ** 30),
    });
  });

  it('reads the tables of old versions, which name no controller', () => {
    expect(parseTwCli(fixtureText('raid/tw-cli-info.txt')).controllers).toMatchObject([
      {
        id: '0',
        model: '8506-4LP',
        batteries: [],
        drives: [
          { id: 'p0', serial: '3NF00001', state: 'ok' },
          { id: 'p1', state: 'missing' },
        ],
      },
    ]);
    const table =
      'Unit  UnitType  Status         %Cmpl  Stripe  Size(GB)  Cache  AVerify  IgnECC\n----\nu0    RAID-1    REBUILDING     98     -       465.651   ON     OFF      OFF\n';
    expect(parseTwCli(table, '2').controllers).toMatchObject([
      { id: '2', volumes: [{ id: 'u0', state: 'rebuilding', cache: { writeCurrent: 'write_back' } }] },
    ]);
  });

  it.each([
    ['On           Yes       OK     ', 'ok'],
    ['On           No        OK     ', 'degraded'],
    ['On           No        Testing', 'learning'],
    ['On           No        Fault  ', 'failed'],
  ])('judges a battery %s', (cells, state) => {
    const output = `Name  OnlineState  BBUReady  Status    Volt     Temp     Hours  LastCapTest\n----\nbbu   ${cells}   OK   OK   93     24-Jul-2012\n`;

    expect(parseTwCli(output).controllers).toMatchObject([{ batteries: [{ state }] }]);
  });
});

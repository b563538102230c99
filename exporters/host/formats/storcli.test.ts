import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { mergeReports } from './raid.ts';
import { parseStorcli } from './storcli.ts';
import { tableRows } from './storcli-output.ts';

const text = fixtureText('raid/storcli-show-all.txt');
const json = fixtureText('raid/storcli-show-all.json');

describe('parseStorcli', () => {
  it.each([
    ['text', text],
    ['JSON', json],
  ])('reads a controller from %s', (_form, output) => {
    expect(parseStorcli(output)).toEqual({
      errors: [],
      controllers: [
        expect.objectContaining({
          tool: 'storcli',
          id: '0',
          model: 'AVAGO MegaRAID SAS 9361-8i',
          serial: 'SK00000001',
          firmware: '24.21.0-0012',
          state: 'degraded',
          temperatureCelsius: 67,
          memoryBytes: 2 ** 30,
          batteries: [{ kind: 'capacitor', model: 'CVPM02', state: 'ok', temperatureCelsius: 27 }],
        }),
      ],
    });
  });

  it('reads the same from text as from JSON', () => {
    expect(parseStorcli(text)).toEqual(parseStorcli(json));
  });

  it('sees the rebuild in the volume, and the member that is gone in the topology', () => {
    const [controller] = parseStorcli(json).controllers;

    expect(controller?.volumes).toMatchObject([
      {
        id: '0',
        name: 'pgdata',
        level: 'raid10',
        state: 'rebuilding',
        cache: { writeCurrent: 'write_through' },
      },
    ]);
    expect(controller?.drives.map(({ id, state, role }) => [id, state, role])).toEqual([
      ['group 0/1/1', 'missing', 'data'],
      ['252:0', 'ok', 'data'],
      ['252:1', 'rebuilding', 'data'],
      ['252:2', 'ok', 'data'],
      ['252:3', 'foreign', 'unassigned'],
    ]);
  });

  it('adds up the answers of several commands', () => {
    const names = ['storcli-show-all.json', 'storcli-volumes.json', 'storcli-rebuild.json'];

    const { controllers } = mergeReports(names.map((name) => parseStorcli(fixtureText(`raid/${name}`))));

    expect(controllers).toHaveLength(1);
    expect(controllers[0]?.volumes).toMatchObject([
      {
        device: '/dev/sda',
        drivesExpected: 4,
        state: 'rebuilding',
        cache: { writeDefault: 'write_back', writeCurrent: 'write_through', driveCache: 'disabled' },
      },
    ]);
    expect(controllers[0]?.drives.find((drive) => drive.id === '252:1')).toMatchObject({
      model: 'ST2000NM0055-1V4104',
      state: 'rebuilding',
      task: { kind: 'rebuild', progressRatio: 0.47, remainingSeconds: 4320 },
    });
  });

  it('reads the details of drives, with and without an enclosure', () => {
    const output = `CLI Version = 007.1
Controller = 1
Status = Success
Description = Show Drive Information Succeeded.


Drive /c1/s4 :
============

---------------------------------------------------------------------
EID:Slt DID State DG     Size Intf Med SED PI SeSz Model           Sp 
---------------------------------------------------------------------
 :4       8 GHS   -  7.276 TB SAS  HDD N   N  512B HUH728080AL5204 U  
---------------------------------------------------------------------

Drive /c1/s4 - Detailed Information :
===================================

Drive /c1/s4 State :
==================
Shield Counter = 0
Media Error Count = 3
Other Error Count = 0
Drive Temperature =  0C (32.00 F)
Predictive Failure Count = 0
S.M.A.R.T alert flagged by drive = Yes


Drive /c1/s4 Device attributes :
==============================
SN =             VJG0000X
Manufacturer Id = HGST    
Model Number = HUH728080AL5204
Firmware Revision =  C7J0
`;

    expect(parseStorcli(output).controllers).toMatchObject([
      {
        id: '1',
        drives: [
          {
            id: ':4',
            deviceId: 8,
            role: 'spare',
            state: 'predictive_failure',
            serial: 'VJG0000X',
            firmware: 'C7J0',
            mediaErrors: 3,
            predictiveFailure: true,
          },
        ],
      },
    ]);
    expect(parseStorcli(output).controllers[0]?.drives[0]).not.toHaveProperty('temperatureCelsius');
  });

  it('reads a battery from tables of properties', () => {
    const output = JSON.stringify({
      Controllers: [
        {
          'Command Status': { Controller: 0, Status: 'Success' },
          'Response Data': {
            BBU_Info: [
              { Property: 'Type', Value: 'iBBU08' },
              { Property: 'Voltage', Value: '4060 mV' },
              { Property: 'Temperature', Value: '31 C' },
              { Property: 'Battery State', Value: 'Optimal' },
            ],
            BBU_Firmware_Status: [
              { Property: 'Temperature', Value: 'OK' },
              { Property: 'Battery Pack Missing', Value: 'No' },
              { Property: 'Replacement required', Value: 'Yes' },
            ],
            GasGauge_Status: [{ Property: 'Relative State of Charge', Value: '97%' }],
          },
        },
      ],
    });

    expect(parseStorcli(output).controllers[0]?.batteries).toEqual([
      {
        kind: 'battery',
        model: 'iBBU08',
        state: 'replace',
        replacementRequired: true,
        temperatureCelsius: 31,
        voltageVolts: 4.06,
        chargeRatio: 0.97,
      },
    ]);
  });

  it('reads drives of storcli2, which splits set-up and condition', () => {
    const row = {
      'EID:Slt': '306:2',
      PID: 281,
      State: 'Conf',
      Status: 'Failed',
      DG: 0,
      Size: '1.7 TiB',
      Intf: 'NVMe',
      Med: 'SSD',
    };
    const output = JSON.stringify({
      Controllers: [{ 'Command Status': { Controller: 0 }, 'Response Data': { 'PD LIST': [row] } }],
    });

    expect(parseStorcli(output).controllers[0]?.drives).toEqual([
      {
        id: '306:2',
        deviceId: 281,
        role: 'data',
        state: 'failed',
        sizeBytes: Math.round(1.7 * 2 ** 40),
        protocol: 'nvme',
        medium: 'ssd',
        group: '0',
      },
    ]);
  });

  it('reads drives the controller does not support, without inventing their size', () => {
    const rows = [
      { 'EID:Slt': '64:1', DID: 1, State: 'UBUnsp', DG: '-', Size: '0 KB' },
      { 'EID:Slt': '64:2', DID: 2, State: 'UGUnsp', DG: '-', Size: '1.746 TB' },
    ];
    const output = JSON.stringify({
      Controllers: [{ 'Command Status': { Controller: 0 }, 'Response Data': { 'PD LIST': rows } }],
    });

    expect(parseStorcli(output).controllers[0]?.drives).toEqual([
      { id: '64:1', deviceId: 1, role: 'unassigned', state: 'failed' },
      { id: '64:2', deviceId: 2, role: 'unassigned', state: 'ok', sizeBytes: Math.round(1.746 * 2 ** 40) },
    ]);
  });

  it('says what went wrong inside an answer that exits with 0', () => {
    const failure = {
      'Command Status': { Controller: 0, Status: 'Failure', Description: 'Controller 0 not found' },
    };

    expect(parseStorcli(JSON.stringify({ Controllers: [failure] }))).toEqual({
      controllers: [],
      errors: ['Controller 0 not found'],
    });
  });

  it('keeps whole documents beside a damaged one', () => {
    expect(parseStorcli(`warning: slow\n${json}\n${json.slice(0, 400)}`)).toMatchObject({
      controllers: [{ id: '0', model: 'AVAGO MegaRAID SAS 9361-8i' }],
      errors: ['a JSON document is damaged or cut'],
    });
  });
});

describe('tableRows', () => {
  it('cuts cells where all lines have a blank, whatever blanks the cells have', () => {
    const rows = tableRows('Id     Size Model', [' 1 465.2 GB WDC WD5003 X', '12   7.3 TB HGST']);

    expect(rows.map((row) => [row.get('Id'), row.get('Size'), row.get('Model')])).toEqual([
      ['1', '465.2 GB', 'WDC WD5003 X'],
      ['12', '7.3 TB', 'HGST'],
    ]);
  });
});

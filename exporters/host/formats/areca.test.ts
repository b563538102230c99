import { describe, expect, it } from 'vitest';
import { parseAreca } from './areca.ts';

const output = `The System Information
===========================================
System Memory      : 256MB/533MHz/ECC
Firmware Version   : V1.49 2011-08-10
Serial Number      : Y000CABRAR000000
Controller Name    : ARC-1222
===========================================
GuiErrMsg<0x00>: Success.
The Hardware Monitor Information
=====================================================
[Controller H/W Monitor]
  Controller Temp. : 37 C
  Battery Status   : 100%
GuiErrMsg<0x00>: Success.
  # Enc# Slot#   ModelName                        Capacity  Usage
===============================================================================
  1  01  Slot#1  WDC WD2002FYPS-02W3B0            2000.4GB  Raid Set # 000
  2  01  Slot#2  WDC WD2002FYPS-02W3B0            2000.4GB  Failed
  3  01  Slot#3  N.A.                                0.0GB  N.A.
  4  01  Slot#4  Hitachi HDS721010CLA330          1000.2GB  HotSpare[Global]
===============================================================================
GuiErrMsg<0x00>: Success.
  # Name             Raid Name       Level   Capacity Ch/Id/Lun  State          
===============================================================================
  1 ARC-1222-VOL#000 Raid Set # 000  Raid6   6000.0GB 00/00/00   Rebuilding(12.3%)
  2 data             Raid Set # 001  Raid1+0 1000.0GB 00/00/01   Normal
===============================================================================
GuiErrMsg<0x00>: Success.
Drive Information 
===============================================================
Device Type                        : SATA(5001B4D000000000)
Device Location                    : Enclosure#1 Slot#1
Model Name                         : WDC WD2002FYPS-02W3B0                 
Serial Number                      : WD-WCAVY0000001 
Device State                       : NORMAL
Timeout Count                      : 3
Media Error Count                  : 7
Device Temperature                 : 34 C
SMART Reallocation Count           : 100(5)
===============================================================
GuiErrMsg<0x00>: Success.
`;

describe('parseAreca', () => {
  const [controller] = parseAreca(output, '2').controllers;

  it('reads the controller', () => {
    expect(controller).toMatchObject({
      tool: 'areca',
      id: '2',
      model: 'ARC-1222',
      firmware: 'V1.49 2011-08-10',
      temperatureCelsius: 37,
      memoryBytes: 256 * 2 ** 20,
      batteries: [{ kind: 'battery', chargeRatio: 1 }],
    });
  });

  it('reads volumes', () => {
    expect(controller?.volumes).toEqual([
      {
        id: '1',
        name: 'ARC-1222-VOL#000',
        level: 'raid6',
        state: 'rebuilding',
        sizeBytes: 6e12,
        tasks: [{ kind: 'rebuild', progressRatio: 0.123 }],
      },
      { id: '2', name: 'data', level: 'raid10', state: 'ok', sizeBytes: 1e12, tasks: [] },
    ]);
  });

  it('reads drives; a member without details has no state, an empty bay is no drive', () => {
    expect(controller?.drives).toEqual([
      {
        id: 'Enclosure#1 Slot#1',
        deviceId: 1,
        role: 'data',
        group: 'Raid Set # 000',
        state: 'ok',
        model: 'WDC WD2002FYPS-02W3B0',
        serial: 'WD-WCAVY0000001',
        sizeBytes: 2000.4e9,
        protocol: 'sata',
        temperatureCelsius: 34,
        mediaErrors: 7,
        otherErrors: 3,
      },
      expect.objectContaining({ id: 'Enclosure#1 Slot#2', state: 'failed' }),
      expect.objectContaining({ id: 'Enclosure#1 Slot#4', state: 'ok', role: 'spare' }),
    ]);
  });

  it('reports what the tool complains about', () => {
    expect(parseAreca('GuiErrMsg<0x08>: Password Required.\n')).toEqual({
      controllers: [],
      errors: ['Password Required.'],
    });
  });
});

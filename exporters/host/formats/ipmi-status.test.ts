import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { parseChassisStatus, parseControllerInfo, parseFru, parsePowerReading } from './ipmi-status.ts';

describe('parseChassisStatus', () => {
  it('reads the status', () => {
    expect(parseChassisStatus(fixtureText('ipmi/chassis-status.txt'))).toEqual({
      powerOn: true,
      powerOverload: false,
      mainPowerFault: false,
      powerControlFault: false,
      driveFault: true,
      coolingFault: false,
      intrusion: false,
    });
  });

  it('reads the one line of the power state', () => {
    expect(parseChassisStatus('Chassis Power is off\n')).toMatchObject({
      powerOn: false,
      driveFault: undefined,
    });
  });

  it('is undefined for any other text', () => {
    expect(parseChassisStatus('Error sending Chassis Status command\n')).toBeUndefined();
  });
});

describe('parseControllerInfo', () => {
  it('reads the controller; a name ipmitool does not know is none', () => {
    expect(parseControllerInfo(fixtureText('ipmi/mc-info.txt'))).toEqual({
      firmware: '1.54',
      ipmiVersion: '2.0',
      manufacturerId: 674,
      manufacturer: 'DELL Inc',
      product: undefined,
    });
  });

  it('is undefined for any other text', () => {
    expect(parseControllerInfo('Could not open device at /dev/ipmi0\n')).toBeUndefined();
  });
});

describe('parsePowerReading', () => {
  it('reads watts', () => {
    expect(parsePowerReading(fixtureText('ipmi/dcmi-power-reading.txt'))).toEqual({
      current: 168,
      minimum: 124,
      maximum: 422,
      average: 156,
      active: true,
    });
  });

  it('is undefined where DCMI is not there', () => {
    expect(parsePowerReading('DCMI request failed because: Invalid command (c1)\n')).toBeUndefined();
  });
});

describe('parseFru', () => {
  it('reads the units that have data; 1996 is the date of a clock nobody set', () => {
    expect(parseFru(fixtureText('ipmi/fru.txt'))).toMatchObject([
      {
        name: 'Builtin FRU Device',
        id: 0,
        boardManufactured: Date.UTC(2012, 10, 7) / 1000,
        boardManufacturer: 'DELL',
        boardProduct: 'PowerEdge R720',
        productName: 'PowerEdge R720',
        productSerial: 'ABC1234',
        productPart: undefined,
        chassisType: 'Rack Mount Chassis',
      },
      { name: 'PS1', id: 3, boardManufactured: undefined, boardProduct: 'PWR SPLY,750WP,RDNT,FLX' },
    ]);
    expect(parseFru(fixtureText('ipmi/fru.txt'))).toHaveLength(2);
  });

  it('reads a single unit without its heading', () => {
    expect(parseFru('Board Mfg             : Dell Inc.\nProduct Name          : C6100\n')).toMatchObject([
      { name: '', boardManufacturer: 'Dell Inc.', productName: 'C6100' },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { parseMegacli } from './megacli.ts';

const outputs = ['adpallinfo', 'ldinfo', 'pdlist', 'bbu'].map((name) =>
  fixtureText(`raid/megacli-${name}.txt`),
);

describe('parseMegacli', () => {
  const [controller] = parseMegacli(outputs.join('\n')).controllers;

  it('reads the adapter, misspelt keys included', () => {
    expect(controller).toMatchObject({
      tool: 'megacli',
      id: '0',
      model: 'PERC 6/i Integrated',
      serial: '1122334455667788',
      firmware: '6.3.3.0002',
      temperatureCelsius: 61,
      memoryBytes: 256 * 2 ** 20,
      memoryCorrectableErrors: 12,
      memoryUncorrectableErrors: 0,
    });
    expect(controller?.state).toBeUndefined();
  });

  it('reads virtual drives with the policy that holds and the one that was set', () => {
    expect(controller?.volumes).toMatchObject([
      {
        id: '0',
        name: 'pgdata',
        level: 'raid5',
        state: 'degraded',
        drivesExpected: 3,
        badBlocks: true,
        cache: {
          writeDefault: 'write_back',
          writeCurrent: 'write_through',
          writeBackUnprotected: false,
          driveCache: 'disabled',
        },
        tasks: [{ kind: 'check', progressRatio: 0.12 }],
      },
      {
        id: '1',
        level: 'raid10',
        state: 'ok',
        drivesExpected: 4,
        cache: { writeCurrent: 'write_back', writeBackUnprotected: true, driveCache: 'default' },
        tasks: [],
      },
    ]);
    expect(controller?.volumes[1]?.name).toBeUndefined();
  });

  it('reads drives in both layouts of the inquiry string', () => {
    expect(controller?.drives).toMatchObject([
      {
        id: '32:0',
        deviceId: 0,
        role: 'data',
        state: 'ok',
        model: 'SEAGATE ST3300657SS',
        firmware: 'ES64',
        serial: '3SJ0AAAA',
        group: '0',
        temperatureCelsius: 31,
        predictiveFailure: false,
      },
      {
        id: '32:1',
        state: 'predictive_failure',
        mediaErrors: 47,
        predictiveFailures: 2,
        predictiveFailure: true,
      },
      {
        id: '32:2',
        state: 'failed',
        model: 'WDC WD5002ABYS-02B1B0',
        serial: 'WD-WCAV00000003',
        firmware: '02.03B03',
        protocol: 'sata',
      },
      { id: ':5', role: 'unassigned', state: 'foreign', model: 'INTEL SSDSA2CW12', medium: 'ssd' },
    ]);
  });

  it('takes 0C and N/A for no reading', () => {
    expect(controller?.drives.map((drive) => drive.temperatureCelsius)).toEqual([
      31,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('reads the battery from its three reports: what asks for a new one outweighs the rest', () => {
    expect(controller?.batteries).toEqual([
      {
        kind: 'battery',
        model: 'BBU',
        serial: '4711',
        state: 'replace',
        replacementRequired: true,
        temperatureCelsius: 36,
        voltageVolts: 3.761,
        chargeRatio: 0.41,
        healthRatio: 0.22,
      },
    ]);
  });
});

describe('parseMegacli on single outputs', () => {
  it.each([
    ['Battery State     : Operational\n  Learn Cycle Active : No', 'ok'],
    ['Battery State     : Non Operational\n  Learn Cycle Active : No', 'failed'],
    ['Battery State     : Non Operational\n  Learn Cycle Active : Yes', 'learning'],
    ['Battery State: Degraded(Need Attention)', 'degraded'],
    ['Battery State: Optimal\n  Battery Pack Missing : Yes', 'missing'],
    ['Battery State: Optimal\n  Pack is about to fail & should be replaced : Yes', 'replace'],
    ['  Battery Pack Missing : No\n  Battery Replacement required : No', 'ok'],
    ['  Battery Pack Missing : No', undefined],
    ['Battery State: Purple', 'other'],
  ])('judges the battery of %j', (lines, state) => {
    const { controllers } = parseMegacli(`BBU status for Adapter: 1\n\nBatteryType: iBBU\n${lines}\n`);

    expect(controllers).toMatchObject([{ id: '1', batteries: [{ kind: 'battery' }] }]);
    expect(controllers[0]?.batteries[0]?.state).toBe(state);
  });

  it('tells a controller without battery from one whose battery could not be asked', () => {
    const absent =
      'Adapter 0: Get BBU Status Failed.\n\nFW error description: \n The required hardware component is not present.  \n';

    expect(parseMegacli(absent).controllers[0]?.batteries).toEqual([{ state: 'not_installed' }]);
    expect(parseMegacli('Adapter 0: Get BBU Status Failed.\n').controllers[0]?.batteries).toEqual([]);
    expect(parseMegacli('Adapter 0: Get BBU Status Failed.\n').errors).toEqual([
      'Adapter 0: Get BBU Status Failed.',
    ]);
  });

  it.each([
    ['Primary-1, Secondary-0, RAID Level Qualifier-0', 1, 'raid1'],
    ['Primary-1, Secondary-3, RAID Level Qualifier-0', 3, 'raid10'],
    ['Primary-5, Secondary-0, RAID Level Qualifier-3', 1, 'raid5'],
    ['Primary-6, Secondary-3, RAID Level Qualifier-3', 2, 'raid60'],
    ['Primary-0, Secondary-0, RAID Level Qualifier-0', 1, 'raid0'],
    ['Primary-17, Secondary-0, RAID Level Qualifier-0', 1, undefined],
  ])('names the level of %j with %i spans', (text, spans, level) => {
    const output = `Adapter 0 -- Virtual Drive Information:\nVirtual Drive: 0 (Target Id: 0)\nRAID Level: ${text}\nSpan Depth : ${spans}\n`;

    expect(parseMegacli(output).controllers[0]?.volumes[0]?.level).toBe(level);
  });

  it('ties the drives of -LDPDInfo to their volume: a rebuild shows in both', () => {
    const output = [
      'Adapter #0',
      'Number of Virtual Disks: 1',
      'Virtual Drive: 0 (Target Id: 0)',
      'State               : Degraded',
      'Span: 0 - Number of PDs: 2',
      'PD: 0 Information',
      'Enclosure Device ID: 252',
      'Slot Number: 0',
      "Drive's position: DiskGroup: 3, Span: 0, Arm: 0",
      'Firmware state: Online, Spun Up',
      'PD: 1 Information',
      'Enclosure Device ID: 252',
      'Slot Number: 1',
      "Drive's position: DiskGroup: 3, Span: 0, Arm: 1",
      'Firmware state: Rebuild',
    ].join('\n');

    expect(parseMegacli(output).controllers).toMatchObject([
      { volumes: [{ group: '3', state: 'rebuilding' }], drives: [{ state: 'ok' }, { state: 'rebuilding' }] },
    ]);
  });

  it('does not guess at an inquiry string whose columns were lost', () => {
    const output =
      'Adapter #0\nEnclosure Device ID: 32\nSlot Number: 0\nPD Type: SATA\nInquiry Data: WD-WX1 WDC WD10 01.0\n';

    expect(parseMegacli(output).controllers[0]?.drives).toEqual([
      expect.objectContaining({ model: 'WD-WX1 WDC WD10 01.0' }),
    ]);
    expect(parseMegacli(output).controllers[0]?.drives[0]).not.toHaveProperty('serial');
  });

  it('knows when the controller was made, unless it does not', () => {
    const made = (date: string) =>
      parseMegacli(`Adapter #0\nProduct Name    : PERC H710 Mini\nMfg. Date       : ${date}\n`).controllers[0]
        ?.manufactured;

    expect(made('08/13/12')).toBe(Date.UTC(2012, 7, 13) / 1000);
    expect(made('00/00/00')).toBeUndefined();
  });

  it('takes no serial number from a SCSI inquiry string whose blanks were lost', () => {
    const drive = (inquiry: string) =>
      parseMegacli(
        `Adapter #0\nEnclosure Device ID: 252\nSlot Number: 9\nPD Type: SAS\nInquiry Data: ${inquiry}\n`,
      ).controllers[0]?.drives[0];

    expect(drive('SEAGATE ST3146356SS 00063QNDEMO0')).toMatchObject({
      model: 'SEAGATE ST3146356SS 00063QNDEMO0',
    });
    expect(drive('SEAGATE ST3146356SS     00063QNDEMO0')).toMatchObject({
      ...{ model: 'SEAGATE ST3146356SS', firmware: '0006', serial: '3QNDEMO0' },
    });
  });

  it('reports what the tool complains about', () => {
    expect(parseMegacli('Invalid input at or near token -a   \n\nExit Code: 0x01\n')).toEqual({
      controllers: [],
      errors: ['Invalid input at or near token -a'],
    });
  });
});

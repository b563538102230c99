import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { parseSsacli } from './ssacli.ts';

describe('parseSsacli', () => {
  const [embedded, second] = parseSsacli(fixtureText('raid/ssacli-config-detail.txt')).controllers;

  it('reads a controller whose dead battery switched its cache off', () => {
    expect(embedded).toMatchObject({
      tool: 'ssacli',
      id: '0',
      model: 'Smart Array P410i',
      serial: '50014380FFFF0001',
      firmware: '6.64',
      state: 'ok',
      temperatureCelsius: 68,
      memoryBytes: 512 * 2 ** 20,
      cacheState: 'permanently_disabled',
      batteries: [{ kind: 'battery', state: 'replace', replacementRequired: true }],
    });
  });

  it('reads a logical drive: what was set, and what the cache allows', () => {
    expect(embedded?.volumes).toEqual([
      {
        id: '1',
        group: 'A',
        device: '/dev/sda',
        level: 'raid5',
        state: 'rebuilding',
        sizeBytes: Math.round(273.4 * 2 ** 30),
        tasks: [{ kind: 'rebuild', progressRatio: 0.29 }],
        cache: {
          writeDefault: 'write_back',
          writeCurrent: 'write_through',
          writeBackUnprotected: false,
          driveCache: 'disabled',
        },
      },
    ]);
  });

  it('reads physical drives once, from list and details together', () => {
    expect(embedded?.drives).toMatchObject([
      {
        id: '1I:1:1',
        role: 'data',
        state: 'ok',
        group: 'A',
        model: 'HP EG0146FAWHU',
        medium: 'hdd',
        temperatureCelsius: 33,
      },
      { id: '1I:1:2', role: 'data', state: 'predictive_failure', predictiveFailure: true, sizeBytes: 146e9 },
      { id: '1I:1:3', role: 'spare', state: 'rebuilding' },
      { id: '1I:1:4', state: 'failed', protocol: 'sas' },
      {
        id: '1I:1:9',
        role: 'unassigned',
        medium: 'ssd',
        lifeRemainingRatio: 0.98,
        powerOnSeconds: 45068 * 3600,
      },
    ]);
    expect(embedded?.drives[3]).not.toHaveProperty('sizeBytes');
    expect(embedded?.drives[3]).not.toHaveProperty('predictiveFailure');
  });

  it('keeps the controllers apart', () => {
    expect(second).toMatchObject({
      id: '3',
      model: 'HPE Smart Array P408i-a SR Gen10',
      memoryBytes: 2 * 2 ** 30,
      batteries: [{ state: 'not_installed' }],
      volumes: [
        {
          id: '1',
          level: 'raid10',
          badBlocks: false,
          cache: { writeCurrent: 'write_back', writeBackUnprotected: true },
        },
      ],
      drives: [],
    });
  });

  it.each([
    ['(136.7 GB, RAID 5, OK)', 'ok', []],
    ['(136.7 GB, RAID 5, Interim Recovery Mode)', 'degraded', []],
    [
      '(136.7 GB, RAID 1+0, Recovering, 7% complete)',
      'rebuilding',
      [{ kind: 'rebuild', progressRatio: 0.07 }],
    ],
    ['(136.7 GB, RAID 5, Ready for Rebuild)', 'degraded', []],
    [
      '(3.6 TB, RAID 6 (ADG), Transforming, 12.5% complete)',
      'migrating',
      [{ kind: 'migrate', progressRatio: 0.125 }],
    ],
    ['(136.7 GB, RAID 5): OK', 'ok', []],
    ['(136.7 GB, RAID 0, Failed)', 'failed', []],
    ['(136.7 GB, RAID 0, Wobbling)', 'other', []],
    ['(136.7 GB, RAID 0', undefined, []],
  ])('judges logicaldrive 1 %s', (facts, state, tasks) => {
    const output = `Smart Array E200i in Slot 0 (Embedded)\n\n   array A\n\n      logicaldrive 1 ${facts}\n`;

    const [volume] = parseSsacli(output).controllers[0]?.volumes ?? [];

    expect(volume).toMatchObject({ id: '1', group: 'A', tasks });
    expect(volume?.state).toBe(state);
  });

  it.each([
    ['(port 1I:box 1:bay 1, SAS, 146 GB, OK)', 'ok', 'data'],
    ['(port 2:id 0 , Parallel SCSI, 300 GB, OK, spare)', 'ok', 'spare'],
    ['(port 1I:box 1:bay 1, SAS, ??? GB, Failed)', 'failed', 'data'],
    ['(port 1I:box 1:bay 1, 146 GB): Predictive Failure', 'predictive_failure', 'data'],
    ['(port 1I:box 1:bay 1, SAS', undefined, 'data'],
  ])('judges physicaldrive 1 %s', (facts, state, role) => {
    const output = `Smart Array P400 in Slot 1 (sn: P61620E9SUXXXX)\n   array B\n      physicaldrive 1I:1:1 ${facts}\n`;

    const [controller] = parseSsacli(output).controllers;

    expect(controller).toMatchObject({
      serial: 'P61620E9SUXXXX',
      drives: [{ id: '1I:1:1', role, group: 'B' }],
    });
    expect(controller?.drives[0]?.state).toBe(state);
  });

  it.each([
    ['Temporarily Disabled', 'Recharging', 'temporarily_disabled', 'charging'],
    ['OK', 'OK', 'ok', 'ok'],
    ['Not Configured', 'Failed (Replace Batteries/Capacitors)', 'not_configured', 'replace'],
  ])('judges a cache %s with a battery %s', (cache, battery, cacheState, state) => {
    const output = `Smart Array P420i in Slot 0 (Embedded)\n   Controller Status: OK\n   Cache Status: ${cache}\n   Battery/Capacitor Status: ${battery}\n`;

    expect(parseSsacli(output).controllers).toMatchObject([
      { state: 'ok', cacheState, batteries: [{ state }] },
    ]);
  });

  it('takes a flash drive that tripped over its wear for one that will fail', () => {
    const output = `Smart Array P420i in Slot 0 (Embedded)\n   Array A\n      physicaldrive 1I:1:1\n         Status: OK\n         SSD Smart Trip Wearout: True\n`;

    expect(parseSsacli(output).controllers[0]?.drives[0]).toMatchObject({
      state: 'predictive_failure',
      predictiveFailure: true,
    });
  });

  it('reports errors of the tool', () => {
    expect(parseSsacli('\nError: No controllers detected. Possible causes:\n')).toEqual({
      controllers: [],
      errors: ['Error: No controllers detected. Possible causes:'],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { initdbTime, parsePgControl } from './pg-control.ts';

function control(fields: { catalog: number; state: number; big?: boolean }): Uint8Array {
  const view = new DataView(new ArrayBuffer(24));
  const little = fields.big !== true;
  view.setBigUint64(0, 7710876953460990554n, little);
  view.setUint32(8, 1300, little);
  view.setUint32(12, fields.catalog, little);
  view.setInt32(16, fields.state, little);
  return new Uint8Array(view.buffer);
}

describe('pg_control', () => {
  it.each([false, true])('gives identity, version and state; written big-endian: %s', (big) => {
    expect(parsePgControl('x', control({ catalog: 202209061, state: 1, big }))).toEqual({
      systemIdentifier: '7710876953460990554',
      major: 15,
      state: 'shut down',
    });
  });

  it('of an unknown release has no major', () => {
    expect(parsePgControl('x', control({ catalog: 202706291, state: 6 }))).toMatchObject({
      major: undefined,
      state: 'in production',
    });
  });

  it.each([
    ['too short', new Uint8Array(19), 'expected 20 bytes, found "19 bytes"'],
    ['zeros', new Uint8Array(24), 'expected a catalog version'],
    ['a state from elsewhere', control({ catalog: 202209061, state: 99 }), 'expected a state from 0 to 6'],
  ])('that is %s is refused', (_name, bytes, message) => {
    expect(() => parsePgControl('/data/global/pg_control', bytes)).toThrow(
      `/data/global/pg_control: ${message}`,
    );
  });

  it('is read from the middle of a larger buffer', () => {
    const large = Buffer.concat([Buffer.alloc(7), control({ catalog: 202406281, state: 6 })]);

    expect(parsePgControl('x', large.subarray(7)).major).toBe(17);
  });
});

describe('time of initdb', () => {
  it('is the upper half of the identifier', () => {
    expect(new Date((initdbTime('7710876953460990554') ?? 0) * 1000).toISOString()).toBe(
      '2026-11-22T06:20:44.000Z',
    );
  });

  it.each(['', '0', '123', 'abc', '-7710876953460990554', '99999999999999999999999'])(
    'of %j is unknown',
    (text) => {
      expect(initdbTime(text)).toBeUndefined();
    },
  );
});

import { describe, expect, it } from 'vitest';
import { hostInput } from '../../test/support/host.ts';
import { givenCollector } from '../../test/support/host-report.ts';
import { readAll } from './report-samples.ts';

describe('readAll', () => {
  const broken = givenCollector('broken', [['early', { disk: 'a' }, 1]], new Error('lost its way'));
  const whole = givenCollector('whole', [
    ['late', { disk: 'a', state: 'ok' }, 0],
    ['late', { disk: 'b', state: 'ok' }, 1],
    ['late', { disk: 'c', state: '' }, undefined],
    ['late', { disk: 'd', state: '' }, Number.NaN],
  ]);
  const readings = readAll([broken, whole], hostInput({}));

  it('keeps what a failing collector gave, and its message', () => {
    expect(readings.value('early')).toBe(1);
    expect([...readings.failures]).toEqual([['broken', 'lost its way']]);
  });

  it('leaves out what has no value', () => {
    expect(readings.all('late').map(({ labels }) => labels['disk'])).toEqual(['a', 'b']);
  });

  it('finds by labels', () => {
    expect(readings.value('late', { disk: 'b' })).toBe(1);
    expect(readings.value('late', { disk: 'z' })).toBeUndefined();
    expect(readings.label('late', 'state')).toBe('ok');
    expect(readings.label('never', 'state')).toBeUndefined();
  });
});

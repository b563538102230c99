import { describe, expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import { cpuGeneration } from './cpu-generations.ts';

const { cpuGenerations } = loadCatalog();
const intel = (family: number, model: number, stepping: number) => ({
  vendor: 'GenuineIntel',
  family,
  model,
  stepping,
});

describe('cpuGeneration', () => {
  it.each([
    ['Intel(R) Xeon(R) CPU           E5540  @ 2.53GHz', 'Nehalem', 2009],
    ['Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz', 'Haswell', 2014],
    ['Intel(R) Xeon(R) CPU E7- 4850  @ 2.00GHz', 'Westmere', 2011],
    ['AMD EPYC 7402 24-Core Processor', 'Zen 2', 2019],
  ])('%s', (brand, microarchitecture, launchYear) => {
    expect(cpuGeneration(cpuGenerations, { brand })).toMatchObject({
      microarchitecture,
      launchYear,
      virtual: false,
    });
  });

  it('falls back to family, model and stepping, and to the ARM part', () => {
    expect(cpuGeneration(cpuGenerations, { x86: intel(6, 63, 2) })).toMatchObject({
      microarchitecture: 'Haswell',
    });
    expect(cpuGeneration(cpuGenerations, { arm: { implementer: '0x48', part: '0xd01' } })).toMatchObject({
      codename: 'Kunpeng 920',
      launchYear: 2019,
    });
  });

  it('gives no year for the names of hypervisors', () => {
    const generation = cpuGeneration(cpuGenerations, { brand: 'Intel Xeon Processor (Cascadelake)' });

    expect(generation).toMatchObject({ virtual: true });
    expect(generation).not.toHaveProperty('launchYear');
  });

  it('gives no year when name and numbers tell different stories', () => {
    const generation = cpuGeneration(cpuGenerations, {
      brand: 'Intel(R) Xeon(R) CPU           E5540  @ 2.53GHz',
      x86: intel(6, 85, 7),
    });

    expect(generation).toMatchObject({ confidence: 'low' });
    expect(generation).not.toHaveProperty('launchYear');
  });

  it('does not know what it does not list', () => {
    expect(cpuGeneration(cpuGenerations, { brand: 'Quantum Processor 9000' })).toBeUndefined();
    expect(cpuGeneration(cpuGenerations, {})).toBeUndefined();
  });
});

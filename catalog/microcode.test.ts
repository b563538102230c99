import { expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import { newestMicrocode } from './microcode.ts';

const { microcode } = loadCatalog();

it('knows the newest revision by family, model and stepping', () => {
  expect(newestMicrocode(microcode, { family: 6, model: 45, stepping: 7 })).toBe(0x71a);
  expect(newestMicrocode(microcode, { family: 23, model: 49, stepping: 0 })).toBe(0x830107c);
});

it('knows none for a processor it does not have', () => {
  expect(newestMicrocode(microcode, { family: 6, model: 255, stepping: 1 })).toBeUndefined();
});

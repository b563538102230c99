import { describe, expect, it } from 'vitest';
import { noSection } from './capture.ts';
import { contentOf, kernelNumber, treeOf } from './host-collector.ts';

describe('contentOf', () => {
  it.each(['absent', 'missing'] as const)('gives nothing of what is %s', (status) => {
    expect(contentOf(noSection('x', status))).toBeUndefined();
  });

  it.each(['ok', 'empty'] as const)('gives the text of what is %s', (status) => {
    expect(contentOf({ ...noSection('x', status), output: 'text' })).toBe('text');
  });

  it.each([
    ['denied', 'permission'],
    ['timeout', 'timeout'],
    ['skipped', 'timeout'],
    ['failed', 'command'],
    ['truncated', 'parse'],
    ['corrupt', 'parse'],
  ] as const)('throws for what is %s', (status, code) => {
    expect(() => contentOf({ ...noSection('x', status), output: 'half' })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('section x') }),
    );
  });
});

describe('treeOf', () => {
  it('keeps every line of every file, and files without lines', () => {
    const tree = treeOf('/a/b\t1\n/a/b\t\n/a/c\n/a/d\tx\ty\nnoise\n');

    expect(Object.fromEntries(tree)).toEqual({ '/a/b': ['1', ''], '/a/c': [], '/a/d': ['x\ty'] });
  });
});

describe('kernelNumber', () => {
  it.each([
    ['0', 0],
    ['18446744073709551615', 2 ** 64],
    ['1.5', 1.5],
  ])('reads %s', (text, value) => {
    expect(kernelNumber(text)).toBe(value);
  });

  it.each([[''], [undefined], ['-1'], ['1e3'], ['0x1'], ['1 '], ['NaN'], ['1.'], ['123456789012345678901']])(
    'refuses %j',
    (text) => {
      expect(kernelNumber(text)).toBeUndefined();
    },
  );
});

import { describe, expect, it } from 'vitest';
import { cleanLine, cleanLines, cut, safeUrl } from './clean-text.ts';

describe('cleanLine', () => {
  it.each([
    ['control characters', 'a\u0000b\u001b[31mc', 'ab[31mc'],
    ['line breaks', 'a\r\nBcc: b\u2028c', 'a Bcc: b c'],
    ['direction changes', 'a\u202eb\u2066c\u200f', 'abc'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['whole ones stay', '磁盘 😀', '磁盘 😀'],
  ])('%s', (_name, text, expected) => {
    expect(cleanLine(text, 100)).toBe(expected);
  });

  it('cuts between characters', () => {
    expect(cleanLine('😀😀😀', 2)).toBe('😀…');
  });
});

describe('cleanLines', () => {
  it('drops empty lines and stays within the whole', () => {
    expect(cleanLines('one\n\n  two \r\nthree four', 12)).toEqual(['one', 'two', 'three…']);
  });
});

describe('cut', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['😀😀', 2, '😀😀'],
  ])('%s to %d', (text, length, expected) => {
    expect(cut(text, length)).toBe(expected);
  });
});

describe('safeUrl', () => {
  it.each([
    ['https://a.example/x?y=1#z', 'https://a.example/x?y=1#z'],
    [' http://a.example ', 'http://a.example/'],
    ['javascript:alert(1)', undefined],
    ['https://u:p@a.example/', undefined],
    ['//a.example', undefined],
    ['', undefined],
    [`https://a.example/${'x'.repeat(3000)}`, undefined],
  ])('%j', (text, expected) => {
    expect(safeUrl(text)).toBe(expected);
  });
});

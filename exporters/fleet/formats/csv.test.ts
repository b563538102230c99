import { describe, expect, it } from 'vitest';
import { decodeCsv, parseCsv, printCsv } from './csv.ts';

function rows(text: string) {
  return parseCsv('x.csv', text).map(({ line, fields }) => ({ line, ...Object.fromEntries(fields) }));
}

describe('table', () => {
  it.each([
    ['commas', 'name,owner\na,x\n'],
    ['semicolons', 'name;owner\r\na;x\r\n'],
    ['tabs', 'name\towner\na\tx'],
    ['a byte order mark and spaces', '\uFEFFname , owner\na, x '],
    ['quotes', '"name","owner"\n"a","x"'],
    ['empty lines', '\n\nname,owner\n\na,x\n,\n'],
  ])('with %s', (_name, text) => {
    expect(rows(text)).toMatchObject([{ name: 'a', owner: 'x' }]);
  });

  it('with quoted separators, quotes and line breaks tells the line of each row', () => {
    expect(rows('name,note\n"a,b","two\nlines ""x"""\nc,d\n')).toEqual([
      { line: 2, name: 'a,b', note: 'two\nlines "x"' },
      { line: 4, name: 'c', note: 'd' },
    ]);
  });

  it('fills what a short row leaves out', () => {
    expect(rows('a,b,c\n1\n1,2,3,,\n')).toEqual([
      { line: 2, a: '1', b: '', c: '' },
      { line: 3, a: '1', b: '2', c: '3' },
    ]);
  });

  it.each([
    ['a,b\n1,2,3\n', 'x.csv:2: expected 2 fields, found "3 fields"'],
    ['a,b\nx"y,2\n', 'x.csv:2: expected quotes around a whole field'],
    ['a,b\n"open\n', 'x.csv:2: expected quotes around a whole field'],
    ['', 'x.csv: expected a line of column titles'],
    ['\n ; \n', 'x.csv: expected a line of column titles'],
  ])('%j is refused at its line', (text, message) => {
    expect(() => rows(text)).toThrow(message);
  });

  it('survives printing and reading, formulas defused on the way', () => {
    const fields = ['=1+1', '-', '@x', 'a,b', 'say "hi"', '两\n行', ''];
    const titles = fields.map((_field, index) => `c${index}`);
    const printed = printCsv(titles, [fields]);

    expect(printed).toContain("'=1+1");
    expect([...(parseCsv('x', printed)[0]?.fields.values() ?? [])]).toEqual(fields);
  });
});

it('text is read as UTF-8, else as Chinese Excel writes it', () => {
  expect(decodeCsv(Buffer.from('负责人', 'utf8'))).toBe('负责人');
  expect(decodeCsv(Uint8Array.from([0xb8, 0xba, 0xd4, 0xf0, 0xc8, 0xcb]))).toBe('负责人');
});

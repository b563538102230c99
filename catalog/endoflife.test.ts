import { describe, expect, it } from 'vitest';
import { parseExport } from './endoflife.ts';

const POSTGRESQL_18 = {
  name: '18',
  codename: null,
  label: '18',
  releaseDate: '2025-09-25',
  isLts: false,
  ltsFrom: null,
  isEol: false,
  eolFrom: '2030-11-14',
  isMaintained: true,
  latest: { name: '18.7', date: '2026-11-10', link: 'https://www.postgresql.org/docs/release/18.7/' },
  custom: null,
};

const product = (releases: unknown[]) => ({
  name: 'postgresql',
  aliases: ['postgres'],
  label: 'PostgreSQL',
  releases,
});

const v1 = (result: unknown) =>
  JSON.stringify({ schema_version: '1.2.0', generated_at: '2026-11-27T06:00:00+00:00', result });

describe('an export of API v1', () => {
  it.each([
    ['one product', product([POSTGRESQL_18])],
    ['all products', [product([POSTGRESQL_18])]],
  ])('of %s', (_what, result) => {
    expect(parseExport('full.json', v1(result), undefined)).toEqual({
      madeOn: '2026-11-27',
      products: [
        {
          names: ['postgresql', 'postgres'],
          releases: [
            {
              version: '18',
              released: '2025-09-25',
              eol: '2030-11-14',
              ended: false,
              latest: '18.7',
              latestOn: '2026-11-10',
            },
          ],
        },
      ],
    });
  });

  it('says "ongoing" and "ended" where no day is given', () => {
    const releases = [
      { ...POSTGRESQL_18, eolFrom: null, latest: null },
      { ...POSTGRESQL_18, eolFrom: null, isEol: true },
    ];

    const [read] = parseExport('x', v1(product(releases)), undefined).products;

    expect(read?.releases.map(({ eol }) => eol)).toEqual([false, true]);
  });
});

describe('an export of before v1', () => {
  const text = JSON.stringify([
    {
      cycle: '14',
      releaseDate: '2021-09-30',
      eol: '2026-11-12',
      latest: '14.24',
      latestReleaseDate: '2026-08-10',
      lts: false,
    },
    { cycle: 7, eol: false, extendedSupport: true },
  ]);

  it('takes the name of its product from outside', () => {
    const { madeOn, products } = parseExport('postgresql.json', text, 'postgresql');

    expect(madeOn).toBeUndefined();
    expect(products[0]?.names).toEqual(['postgresql']);
    expect(products[0]?.releases).toEqual([
      { version: '14', released: '2021-09-30', eol: '2026-11-12', latest: '14.24', latestOn: '2026-08-10' },
      { version: '7', eol: false, extendedUntil: true },
    ]);
  });

  it('is refused without one', () => {
    expect(() => parseExport('some.txt', text, undefined)).toThrow('such as postgresql.json');
  });
});

it.each([
  ['a page in place of JSON', '<html>', 'expected JSON'],
  ['another document', '{"status":"ok"}', 'schema_version'],
  [
    'a later version of the form',
    v1(product([POSTGRESQL_18])).replace('1.2.0', '2.0.0'),
    'expected version 1',
  ],
  ['a day that does not exist', v1(product([{ ...POSTGRESQL_18, eolFrom: '2030-02-30' }])), 'result'],
  ['no releases', v1(product([])), 'result'],
  ['an empty list', '[]', 'export of https://endoflife.date'],
])('refuses %s', (_what, text, message) => {
  expect(() => parseExport('full.json', text, 'postgresql')).toThrow(message);
});

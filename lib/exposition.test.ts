import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negotiate, render } from './exposition.ts';
import { counter, gauge, untyped } from './metric.ts';

const up = gauge('pg_up', 'Whether the server answers.');
const commits = counter('pg_commits_total', 'Commits.', ['datname']);
const oldCounter = counter('node_intr', 'Interrupts.');

describe('text 0.0.4', () => {
  it('prints families in order of appearance with help and type', () => {
    const { text } = render([up(1), commits({ datname: 'shop' }, 5), commits({ datname: 'crm' }, 7)], 'text');

    expect(text).toBe(
      [
        '# HELP pg_up Whether the server answers.',
        '# TYPE pg_up gauge',
        'pg_up 1',
        '# HELP pg_commits_total Commits.',
        '# TYPE pg_commits_total counter',
        'pg_commits_total{datname="shop"} 5',
        'pg_commits_total{datname="crm"} 7',
        '',
      ].join('\n'),
    );
  });

  it('keeps the samples of a family together when they arrive apart', () => {
    const { text } = render([commits({ datname: 'a' }, 1), up(1), commits({ datname: 'b' }, 2)], 'text');

    expect(text.indexOf('datname="b"')).toBeLessThan(text.indexOf('pg_up 1'));
  });

  it('prints nothing for an absent value', () => {
    expect(render([up(null), up(undefined)], 'text').text).toBe('');
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [0.1, '0.1'],
    [2 ** 63, '9223372036854776000'],
    [1e-9, '1e-9'],
  ])('prints %d as %s', (value, expected) => {
    expect(render([up(value)], 'text').text).toContain(`pg_up ${expected}\n`);
  });

  it('escapes quotes, backslashes and newlines', () => {
    expect(render([commits({ datname: 'a"b\\c\nd' }, 1)], 'text').text).toContain(
      '{datname="a\\"b\\\\c\\nd"}',
    );
  });

  it('treats an empty label as absent', () => {
    expect(render([commits({ datname: '' }, 1)], 'text').text).toContain('pg_commits_total 1\n');
  });

  it('drops and counts duplicates, keeping the first', () => {
    const result = render([commits({ datname: 'a' }, 1), commits({ datname: 'a' }, 2)], 'text');

    expect(result.text).toContain('{datname="a"} 1\n');
    expect(result.duplicates).toBe(1);
  });

  it('drops and counts samples of a family declared with another type', () => {
    const other = untyped('pg_up', 'Something else.');

    expect(render([up(1), other(2)], 'text').duplicates).toBe(1);
  });

  it('replaces what is not Unicode and counts it', () => {
    const result = render([commits({ datname: 'a\uD800' }, 1)], 'text');

    expect(result.text).toContain('datname="a\uFFFD"');
    expect(result.replaced).toBe(1);
  });
});

describe('OpenMetrics 1.0', () => {
  it('names a counter family without _total and ends with EOF', () => {
    expect(render([commits({ datname: 'a' }, 1)], 'openmetrics').text).toBe(
      '# HELP pg_commits Commits.\n# TYPE pg_commits counter\npg_commits_total{datname="a"} 1\n# EOF\n',
    );
  });

  it('keeps the name of a counter without _total and calls it unknown', () => {
    expect(render([oldCounter(3)], 'openmetrics').text).toContain('# TYPE node_intr unknown\nnode_intr 3\n');
  });
});

it('never breaks a line, whatever the label value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (datname) => {
      const lines = render([commits({ datname }, 1)], 'text')
        .text.trimEnd()
        .split('\n');
      expect(lines).toHaveLength(3);
    }),
  );
});

it.each([
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/html', 'text'],
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  ['text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.4', 'text'],
  ['application/openmetrics-text;version=9.9', 'text'],
])('negotiate(%s) is %s', (accept, expected) => {
  expect(negotiate(accept)).toBe(expected);
});

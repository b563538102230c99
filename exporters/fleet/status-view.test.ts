import { describe, expect, it } from 'vitest';
import type { TargetRow } from './status-model.ts';
import { filterRows, parseView, viewUrl } from './status-view.ts';

describe('language', () => {
  it.each([
    [{ lang: 'zh' }, 'en-GB,en', 'zh'],
    [{}, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    [{}, 'de, en;q=0.5, zh;q=0.7', 'zh'],
    [{}, 'de', 'en'],
    [{}, 'zh;q=0, en;q=0.1', 'en'],
    [{}, undefined, 'en'],
    [{ lang: 'fr' }, undefined, 'en'],
    [{ lang: ['zh'] }, ';;q=x,', 'en'],
  ])('%j with Accept-Language %j is %s', (query, header, language) => {
    expect(parseView(query, header, 'en').language).toBe(language);
  });

  it('is the configured one when the reader has no preference', () => {
    expect(parseView({}, undefined, 'zh').language).toBe('zh');
  });
});

describe('addresses', () => {
  it('keep the view and change what is asked', () => {
    const view = parseView(
      { lang: 'zh', q: 'a b', state: 'down', refresh: 'off', all: '1' },
      undefined,
      'en',
    );

    expect(viewUrl(view)).toBe('?lang=zh&q=a+b&state=down&refresh=off&all=1');
    expect(viewUrl(view, { refresh: true, search: '', all: false })).toBe('?lang=zh&state=down');
    expect(
      parseView(Object.fromEntries(new URLSearchParams(viewUrl(view).slice(1))), undefined, 'en'),
    ).toEqual(view);
  });

  it('name a language only when the reader chose one', () => {
    const view = parseView({}, 'zh', 'en');

    expect(viewUrl(view)).toBe('?');
    expect(viewUrl(view, { language: 'en', languageChosen: true })).toBe('?lang=en');
  });

  it('ignore an unknown state and cut an endless search', () => {
    const view = parseView({ state: 'nonsense', q: 'x'.repeat(10_000) }, undefined, 'en');

    expect(view.state).toBeUndefined();
    expect(view.search).toHaveLength(200);
  });
});

describe('filter', () => {
  const row = (name: string, more: Partial<TargetRow> = {}): TargetRow => ({
    kind: 'postgres',
    name,
    state: 'up',
    lifecycle: 'in_service',
    endpoint: 'db:5432',
    version: 'PostgreSQL 15.18',
    role: 'primary',
    ageSeconds: 1,
    durationMs: 1,
    error: undefined,
    undead: false,
    conditions: [],
    grade: undefined,
    findings: [],
    labels: [['owner', 'Team-A']],
    ...more,
  });
  const rows = [
    row('shop'),
    row('erp', { state: 'down', error: 'connect ECONNREFUSED', labels: [] }),
    row('bi', { state: 'stale' }),
    row('old', { state: 'inactive', lifecycle: 'retired' }),
  ];

  it.each([
    [{}, ['shop', 'erp', 'bi', 'old']],
    [{ q: 'SHOP' }, ['shop']],
    [{ q: 'econnrefused' }, ['erp']],
    [{ q: 'owner=team-a 15.18 retired' }, ['old']],
    [{ q: 'nothing like it' }, []],
    [{ state: 'stale' }, ['bi']],
    [{ state: 'attention' }, ['erp', 'bi']],
    [{ state: 'attention', q: 'bi' }, ['bi']],
  ])('%j leaves %j', (query, names) => {
    expect(filterRows(rows, parseView(query, undefined, 'en')).map(({ name }) => name)).toEqual(names);
  });
});

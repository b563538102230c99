import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../support/rule-pack.ts';

const RUNBOOKS = new URL('../../docs/runbooks/', import.meta.url);
const HEADINGS = {
  en: ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'],
  zh: ['含义', '影响', '诊断', '处置'],
};

const alerts = [...new Set(loadRules().flatMap(({ alert }) => alert ?? []))].sort();

describe.each(['en', 'zh'] as const)('runbooks in %s', (language) => {
  const folder = new URL(`${language}/`, RUNBOOKS);
  const files = readdirSync(folder).sort();

  it('are there for every alert and for nothing else', () => {
    expect(files).toEqual(alerts.map((alert) => `${alert}.md`));
  });

  it.each(files)('%s has the four headings, each with a text', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const [title = '', ...sections] = text.split(/^## /m);

    expect(title.trim()).toBe(`# ${file.replace('.md', '')}`);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(HEADINGS[language]);
    for (const section of sections) {
      expect(section.split('\n').slice(1).join('\n').trim().length).toBeGreaterThan(
        language === 'zh' ? 12 : 20,
      );
    }
    expect(/\p{Script=Han}/u.test(text)).toBe(language === 'zh');
  });

  it.each(files)('%s links only to what exists', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => link);

    for (const link of links) expect(existsSync(new URL(link, folder)), link).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import { majorOf, minorLag, type PostgresSheet, postgresMajor } from './postgresql.ts';

const { postgresql } = loadCatalog();

function sheet(majors: PostgresSheet['majors'], checked = '2026-08-22'): PostgresSheet {
  return {
    catalog: 'postgresql',
    source: 'test',
    checked_on: Date.parse(checked),
    confidence: 'high',
    complete: false,
    majors,
  };
}

describe('postgresMajor', () => {
  it('crosses the day on which PostgreSQL 14 ends', () => {
    const before = postgresMajor(postgresql, '14', Date.parse('2026-11-12T12:00:00Z'));
    const after = postgresMajor(postgresql, '14', Date.parse('2026-11-13T00:00:00Z'));

    expect(before).toMatchObject({ status: 'ending', daysLeft: 1, latestMinor: '14.24' });
    expect(after).toMatchObject({ status: 'ended', daysLeft: 0, eol: Date.UTC(2026, 10, 12) });
  });

  it('does not know what the catalog does not list', () => {
    expect(postgresMajor(postgresql, '99', Date.now()).status).toBe('unknown');
    expect(postgresMajor(sheet({ 17: { minors: {} } }), '17', Date.now()).status).toBe('unknown');
    expect(postgresMajor(sheet({ 17: { minors: {}, eol: false } }), '17', Date.now()).status).toBe('unknown');
  });

  it.each([
    ['before the scheduled day', '2026-11-11', false],
    ['on the second Thursday of November', '2026-11-12', true],
    ['a year later', '2027-11-01', true],
  ])('says whether the latest minor may be out of date: %s', (_when, now, stale) => {
    expect(postgresMajor(postgresql, '17', Date.parse(now)).latestMinorStale).toBe(stale);
  });

  it('expects no further minor after the end', () => {
    expect(postgresMajor(postgresql, '13', Date.parse('2027-06-01')).latestMinorStale).toBe(false);
  });
});

describe('minorLag', () => {
  const small = sheet({
    17: {
      minors: {
        '17.4': Date.UTC(2025, 1, 17),
        '17.5': Date.UTC(2025, 4, 5),
        '17.10': Date.UTC(2026, 4, 11),
        '17.3': null,
      },
    },
    '9.6': { minors: { '9.6.24': Date.UTC(2021, 10, 8) } },
  });

  it.each([
    ['17.10', { behind: 0, atLeast: false }],
    ['17.5', { behind: 1, atLeast: false, missingSince: Date.UTC(2026, 4, 11) }],
    ['17.4', { behind: 2, atLeast: false, missingSince: Date.UTC(2025, 4, 5) }],
    ['17.0', { behind: 4, atLeast: true }],
    ['9.6.3', { behind: 1, atLeast: true }],
    ['17.11', undefined],
    ['18.1', undefined],
  ])('%s', (version, lag) => {
    expect(minorLag(small, version)).toEqual(lag);
  });
});

describe('majorOf', () => {
  it.each([
    ['17.4', '17'],
    ['9.6.24', '9.6'],
    ['10.23', '10'],
    ['8.4', '8.4'],
  ])('%s', (version, major) => {
    expect(majorOf(version)).toBe(major);
  });
});

import { describe, expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import type { Export, ExportedRelease } from './endoflife.ts';
import { planUpdate } from './update.ts';

const catalog = loadCatalog();
const NOW = Date.parse('2026-11-28T12:00:00Z');
const DAY = '2026-11-27';

function release(version: string, more: Partial<ExportedRelease> = {}): ExportedRelease {
  const nothing = { codename: undefined, released: undefined, ended: undefined, extendedUntil: undefined };
  return { version, ...nothing, eol: undefined, latest: undefined, latestOn: undefined, ...more };
}

function exportOf(name: string, ...releases: ExportedRelease[]): Export {
  return { madeOn: DAY, products: [{ names: [name], releases }] };
}

const plan = (from: Export, day = DAY) => planUpdate(catalog, from, day, NOW);

describe('planUpdate', () => {
  it('says what changes, and writes what the export says', () => {
    const { entries, changes, contradictions } = plan(
      exportOf(
        'postgresql',
        release('18', { eol: '2030-11-14', latest: '18.7', latestOn: '2026-11-10' }),
        release('19', { released: '2026-11-19', eol: '2031-11-13', latest: '19.0', latestOn: '2026-11-17' }),
      ),
    );

    expect(changes).toEqual([
      'PostgreSQL 18: latest 18.6 -> 18.7',
      'PostgreSQL 19 (new): end 2031-11-13, latest 19.0',
    ]);
    expect(contradictions).toEqual([]);
    expect(entries.get('postgresql')).toEqual({
      18: { eol: '2030-11-14', latest_minor: '18.7', minors: { '18.7': '2026-11-10' } },
      19: {
        released: '2026-11-19',
        eol: '2031-11-13',
        latest_minor: '19.0',
        minors: { '19.0': '2026-11-17' },
      },
    });
  });

  it('finds products by their aliases, and passes over those it has no use for', () => {
    const debian = release('13', { eol: '2028-08-09' });
    const from: Export = {
      madeOn: DAY,
      products: [
        { names: ['nodejs-of-another-world'], releases: [release('1')] },
        { names: ['debian-gnu-linux', 'debian'], releases: [debian] },
      ],
    };

    expect([...plan(from).entries.keys()]).toEqual(['os']);
    expect(plan(from).entries.get('os')).toMatchObject({
      debian: { name: 'Debian', checked_on: DAY, releases: { 13: { eol: '2028-08-09' } } },
    });
  });

  it.each([
    ['an end before the beginning', { released: '2026-01-01', eol: '2025-01-01' }],
    ['an end that came and is denied', { eol: '2026-11-01', ended: false }],
    ['an end to come that is said to be past', { eol: '2027-11-01', ended: true }],
  ])('keeps as unknown what contradicts itself: %s', (_what, fields) => {
    const { entries, contradictions } = plan(exportOf('debian', release('12', fields)));

    expect(contradictions).toHaveLength(1);
    expect(entries.get('os')).toMatchObject({ debian: { releases: { 12: { eol: 'unknown' } } } });
  });

  it('does not go back to an older minor', () => {
    const { entries, contradictions } = plan(
      exportOf('postgresql', release('18', { eol: '2030-11-14', latest: '18.3' })),
    );

    expect(contradictions).toEqual(['PostgreSQL 18: latest 18.3 is older than 18.6, which stays']);
    expect(entries.get('postgresql')).toEqual({ 18: { eol: '2030-11-14' } });
  });

  it.each([
    ['about nothing we know', exportOf('cobol', release('1')), DAY, 'about nothing of the catalog: cobol'],
    ['older than the catalog', exportOf('postgresql', release('18')), '2026-01-01', 'it stays'],
    ['of a day to come', exportOf('postgresql', release('18')), '2026-12-24', 'a day to come'],
    ['of no day', exportOf('postgresql', release('18')), 'yesterday', 'expected a day'],
    [
      'with the minor of another major',
      exportOf('postgresql', release('18', { latest: '17.1' })),
      DAY,
      'found 17.1',
    ],
  ])('refuses an export %s', (_what, from, day, message) => {
    expect(() => plan(from, day)).toThrow(message);
  });
});

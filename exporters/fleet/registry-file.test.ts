import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Instance } from './estate.ts';
import { entriesForFound } from './found-entries.ts';
import { appendEntries } from './registry-file.ts';

const entry = {
  comment: 'Found.\nReview it.',
  fields: { name: 'a', address: '10.0.0.5:5432', owner: undefined },
};

describe('appending to a configuration', () => {
  it('keeps what is there, comments included', () => {
    const text = `# ours
listen: 127.0.0.1:9432   # default
servers:
  # the shop
  - { name: shop, address: "db1:5432", env: prod }
hosts:
  - name: web1
    transport: local
`;
    expect(appendEntries(text, 'servers', [entry])).toBe(`# ours
listen: 127.0.0.1:9432   # default
servers:
  # the shop
  - { name: shop, address: "db1:5432", env: prod }
  # Found.
  # Review it.
  - name: a
    address: 10.0.0.5:5432
hosts:
  - name: web1
    transport: local
`);
  });

  const added = (indent: string) =>
    ['# Found.', '# Review it.', '- name: a', '  address: 10.0.0.5:5432']
      .map((line) => `${indent}${line}\n`)
      .join('');

  it.each([
    ['', `servers:\n${added('  ')}`],
    ['# only a comment\n', `# only a comment\nservers:\n${added('  ')}`],
    ['language: zh', `language: zh\nservers:\n${added('  ')}`],
    ['servers:', `servers:\n${added('  ')}`],
    ['servers: null # none\nhosts: []\n', `servers: # none\n${added('  ')}hosts: []\n`],
    ['servers: []\n', `servers:\n${added('  ')}`],
    ['servers:\n- name: b\n\n\nlanguage: zh\n', `servers:\n- name: b\n${added('')}\n\nlanguage: zh\n`],
    [
      'servers:\n    - name: b\n      labels: { a: b }',
      `servers:\n    - name: b\n      labels: { a: b }\n${added('    ')}`,
    ],
    [
      'servers:\n  - name: b # last\n# ours\nlanguage: zh',
      `servers:\n  - name: b # last\n${added('  ')}# ours\nlanguage: zh`,
    ],
  ])('in %j', (text, expected) => {
    expect(appendEntries(text, 'servers', [entry])).toBe(expected);
  });

  it('never lets a comment become an entry', () => {
    const comment = 'Data directory /x\r  - { name: evil }\u0085  - b\u2028- c\u001b[2J.';
    const text = appendEntries('servers:\n', 'servers', [{ ...entry, comment }]);

    expect(parse(text)).toEqual({ servers: [{ name: 'a', address: '10.0.0.5:5432' }] });
    expect(text).toContain('# Data directory /x?  - { name: evil }?  - b?- c?[2J.');
  });

  it('changes nothing when there is nothing to add', () => {
    expect(appendEntries('a:   1', 'servers', [])).toBe('a:   1');
  });

  it.each(['servers: { a: b }', 'servers: [{ name: a }]', 'servers: 7', 'a: [', '- a'])(
    'refuses %j',
    (text) => {
      expect(() => appendEntries(text, 'servers', [entry])).toThrow();
    },
  );
});

describe('entries for what was found', () => {
  const instance = (more: Partial<Instance>): Instance => ({
    label: 'x',
    kind: 'postgresql',
    state: 'running',
    status: 'unregistered',
    servers: [],
    machine: undefined,
    addresses: [],
    dataDirectory: undefined,
    systemIdentifier: undefined,
    majors: undefined,
    role: undefined,
    clusterState: undefined,
    techniques: ['network'],
    findings: [],
    details: {},
    ...more,
  });

  it.each([
    [['10.0.0.5:5432'], 'found-10.0.0.5-5432', '10.0.0.5:5432'],
    [['0.0.0.0:5433', '10.0.0.5:5433'], 'found-10.0.0.5-5433', '10.0.0.5:5433'],
    [['0.0.0.0:5433', '[::]:5433'], 'found-127.0.0.1-5433', '127.0.0.1:5433'],
    [['[fd00::5]:5432'], 'found-fd00-5-5432', '[fd00::5]:5432'],
  ])('%j', (addresses, name, address) => {
    expect(entriesForFound([instance({ addresses })], new Set(), '2026-11-22')[0]?.fields).toEqual({
      name,
      address,
      lifecycle: 'planned',
    });
  });

  it('tell how it was found, and what is odd about it', () => {
    const found = instance({
      addresses: ['10.0.0.5:5432'],
      machine: 'web1',
      dataDirectory: '/data',
      findings: [{ kind: 'clone', others: ['shop'] }],
    });

    expect(entriesForFound([found], new Set(), '2026-11-22')[0]?.comment).toBe(
      'Found on 2026-11-22 by network. Complete it and set lifecycle.\nData directory /data on web1.\nclone: has the identity of shop.',
    );
  });

  it('leave out what is registered, what has no port, and PgBouncer', () => {
    const instances = [
      instance({ status: 'registered', addresses: ['a:1'] }),
      instance({ addresses: ['10.0.0.5'] }),
      instance({ state: 'stopped' }),
      instance({ kind: 'pgbouncer', addresses: ['a:1'] }),
    ];

    expect(entriesForFound(instances, new Set(), '2026-11-22')).toEqual([]);
  });

  it('have names of their own', () => {
    const twice = [instance({ addresses: ['a:1'] }), instance({ addresses: ['a:1'] })];
    const names = entriesForFound(twice, new Set(['found-a-1']), '2026-11-22').map(
      ({ fields }) => fields['name'],
    );

    expect(names).toEqual(['found-a-1-2', 'found-a-1-3']);
  });
});

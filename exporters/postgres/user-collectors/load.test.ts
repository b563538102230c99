import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import { ConfigError } from '../../../lib/config.ts';
import { gauge } from '../../../lib/metric.ts';
import { foreignFacts } from '../facts.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import type { Row } from '../rows.ts';
import { loadUserCollectors } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-user-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const builtIn: PostgresCollector = {
  name: 'locks',
  help: 'Locks.',
  scope: 'instance',
  metrics: [gauge('pg_locks_count', 'Locks.')],
  familyPrefix: 'pg_settings_',
  queries: [{ sql: 'select 1' }],
  samples: () => [],
};
const NOTHING_KNOWN = { catalog: loadCatalog(), now: 0 };
const facts = { ...foreignFacts('PostgreSQL 18', 180_000, 'db1:5432'), database: 'shop' };

function load(...texts: string[]): readonly PostgresCollector[] {
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.yml`);
    writeFileSync(file, text);
    return file;
  });
  return loadUserCollectors(files, [builtIn]);
}

function one(text: string): PostgresCollector {
  const [collector] = load(text);
  if (collector === undefined) throw new Error('no collector');
  return collector;
}

function printed(collector: PostgresCollector, rows: readonly Row[]): string[] {
  return [...collector.samples(rows, facts, NOTHING_KNOWN)].map(
    ({ family, labels, value }) => `${family.type} ${family.name}${JSON.stringify(labels)} ${value}`,
  );
}

/** "LINE: path: message" of every problem. */
function problems(...texts: string[]): string[] {
  try {
    load(...texts);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ line, path, message }) => `${line}: ${path}: ${message}`);
    throw error;
  }
  return [];
}

const ORDERS = `collectors:
  - name: shop_orders
    help: Orders by state.
    scope: database
    databases: [shop, "shop_*"]
    needs: { role: primary, extension: hstore, member_of: pg_monitor, execute: "f()", select: t }
    ttl: 1m
    timeout: 500ms
    queries:
      - { max_version: 14, sql: "select state, n, ms from old_orders;" }
      - { min_version: 14, sql: "select state, n, ms from orders" }
    metrics:
      - { name: shop_orders, type: gauge, help: "Orders.", column: n, labels: [state] }
      - { name: shop_wait_seconds_total, type: counter, help: "Wait.", column: ms, unit: milliseconds }
`;

describe('our own form', () => {
  it('is a collector with all fields of a built-in one', () => {
    expect(one(ORDERS)).toMatchObject({
      name: 'shop_orders',
      help: 'Orders by state.',
      scope: 'database',
      databases: ['shop', 'shop_*'],
      needs: { role: 'primary', extension: 'hstore', memberOf: 'pg_monitor', execute: 'f()', select: 't' },
      ttlSeconds: 60,
      timeoutSeconds: 0.5,
      userSql: true,
      queries: [
        { maxVersion: 140_000, sql: 'select state, n, ms from old_orders' },
        { minVersion: 140_000, sql: 'select state, n, ms from orders' },
      ],
    });
  });

  it('gives typed samples in base units, with the database they come from', () => {
    expect(printed(one(ORDERS), [{ state: 'open', n: 3, ms: 1500 }])).toEqual([
      'gauge shop_orders{"state":"open","datname":"shop"} 3',
      'counter shop_wait_seconds_total{"datname":"shop"} 1.5',
    ]);
  });

  it('has limits when none are given', () => {
    const collector = one(minimal('gauge', 'x'));

    expect(collector).toMatchObject({ scope: 'instance', timeoutSeconds: 5 });
    expect(collector.ttlSeconds).toBeUndefined();
  });

  it.each([
    [1, 1],
    [true, 1],
    ['42.5', 42.5],
    ['2026-01-01 00:00:00+00', 1_767_225_600],
    ['2026-01-01 05:30:00.5+05:30', 1_767_225_600.5],
    ['2026-01-01 00:00:00', 1_767_225_600],
    [null, null],
  ])('takes %s for the value %s', (found, value) => {
    const [sample] = one(minimal('gauge', 'x')).samples([{ n: found }], facts, NOTHING_KNOWN);

    expect(sample?.value).toBe(value);
  });

  it.each(['open', '', 'tomorrow'])('fails on the text "%s" in place of a value', (found) => {
    expect(() => printed(one(minimal('gauge', 'x')), [{ n: found }])).toThrow('column n: expected a number');
  });

  it('fails when the query lacks a column', () => {
    expect(() => printed(one(ORDERS), [{ n: 1 }])).toThrow('expected a column state');
  });
});

function minimal(type: string, name: string, more = '', sql = 'select 1 as n'): string {
  return `collectors:
  - name: mine
    help: Mine.
    queries: [{ sql: "${sql}" }]
    metrics:
      - { name: ${name}, type: ${type}, help: "N.", column: n${more} }
`;
}

describe('our own form refuses, with the line,', () => {
  it.each([
    [
      'an unknown field',
      ORDERS.replace('ttl:', 'tll:'),
      '7: collectors[0]: unknown key "tll"; did you mean "ttl"?',
    ],
    [
      'a taken collector name',
      ORDERS.replace('shop_orders', 'locks'),
      '2: collectors[0].name: "locks" is the name of the built-in collector locks',
    ],
    [
      'a taken metric name',
      minimal('gauge', 'pg_locks_count'),
      '6: collectors[0].metrics[0].name: "pg_locks_count" is a metric of the built-in collector locks already',
    ],
    [
      'a metric under a prefix of ours',
      minimal('gauge', 'pg_settings_mine'),
      'is a metric of the built-in collector locks',
    ],
    ['a name of the probe', minimal('gauge', 'pg_up'), '"pg_up" is a metric of pgfleet itself'],
    ['our namespace', minimal('gauge', 'pgfleet_mine'), "names that start with pgfleet_ are pgfleet's own"],
    ['a metric name with a dash', minimal('gauge', 'my-metric'), 'expected a name of letters'],
    ['a counter without _total', minimal('counter', 'mine'), 'the name of a counter ends in _total'],
    ['a gauge with _total', minimal('gauge', 'mine_total'), 'only the name of a counter ends in _total'],
    [
      'a name that does not tell its unit',
      minimal('gauge', 'mine', ', unit: milliseconds'),
      'the name ends in _seconds',
    ],
    [
      'a type that does not exist',
      minimal('histogram', 'mine'),
      '6: collectors[0].metrics[0].type: expected one of gauge, counter',
    ],
    [
      'a reserved label',
      minimal('gauge', 'mine', ', labels: [instance]'),
      'label "instance" belongs to Prometheus',
    ],
    ['a label twice', minimal('gauge', 'mine', ', labels: [a, a]'), 'label "a" is listed twice'],
    ['the value as label', minimal('gauge', 'mine', ', labels: [n]'), 'column "n" is the value, not a label'],
    ['the label that comes by itself', ORDERS.replace('[state]', '[datname]'), 'added by itself'],
    [
      'databases without the scope',
      ORDERS.replace('scope: database', 'scope: instance'),
      '5: collectors[0].databases: databases has a meaning only',
    ],
    [
      'an unknown version',
      ORDERS.replace('min_version: 14', 'min_version: newest'),
      '11: collectors[0].queries[1].min_version: expected a version',
    ],
    [
      'a version that was never supported',
      ORDERS.replace('min_version: 14', 'min_version: "9.1"'),
      'expected a version such as "9.6"',
    ],
    [
      'an empty range of versions',
      ORDERS.replace('max_version: 14', 'max_version: 14, min_version: 15'),
      'expected a version above min_version',
    ],
    ['a duration without unit', ORDERS.replace('1m', '60'), '7: collectors[0].ttl'],
    [
      'SQL that writes',
      minimal('gauge', 'mine', '', 'delete from orders'),
      '4: collectors[0].queries[0].sql: expected a statement that only reads',
    ],
    ['two statements', minimal('gauge', 'mine', '', 'select 1 as n; select 2'), 'found a semicolon inside'],
    ['no collectors', 'collectors: []', '1: collectors: expected at least 1 entries'],
  ])('%s', (_case, text, expected) => {
    const found = problems(text);

    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it('a name of another file or of the same', () => {
    expect(problems(minimal('gauge', 'a'), minimal('gauge', 'b'))[0]).toContain(
      '2: collectors[0].name: "mine" is the name of collector mine of',
    );
    const twice = minimal('gauge', 'a') + minimal('gauge', 'a').replace('collectors:\n', '');
    expect(problems(twice).map((problem) => problem.slice(0, 3))).toEqual(['7: ', '11:']);
  });

  it('a file that is not there', () => {
    expect(() => loadUserCollectors([join(folder, 'nowhere.yml')], [])).toThrow(
      /nowhere\.yml:1:1: no such file/,
    );
  });
});

const PEER = `pg_orders:
  query: "SELECT state, count, wait, started FROM orders;"
  master: true
  cache_seconds: 30
  runonserver: ">=10.0.0 <12.0.0"
  metrics:
    - state:
        usage: "LABEL"
        description: "State"
    - count:
        usage: "gauge"
        description: "Number of orders"
    - wait:
        usage: "DURATION"
    - started:
        usage: "COUNTER"
        description: "Started"
    - other:
        usage: "DISCARD"
`;

describe("postgres_exporter's form", () => {
  it('is one collector per query', () => {
    expect(one(PEER)).toMatchObject({
      name: 'pg_orders',
      scope: 'instance',
      ttlSeconds: 30,
      queries: [
        { sql: 'SELECT state, count, wait, started FROM orders', minVersion: 100_000, maxVersion: 120_000 },
      ],
    });
  });

  it('names and types the columns as there', () => {
    expect(printed(one(PEER), [{ state: 'open', count: 3, wait: '1m30s', started: 7 }])).toEqual([
      'gauge pg_orders_count{"state":"open"} 3',
      'gauge pg_orders_wait_milliseconds{"state":"open"} 90000',
      'counter pg_orders_started{"state":"open"} 7',
    ]);
  });

  it.each([
    ['250ms', 250],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['-2s', -2000],
    ['-1', null],
    [null, null],
  ])('reads the duration %s', (wait, value) => {
    const samples = [...one(PEER).samples([{ state: '', count: 0, wait, started: 0 }], facts, NOTHING_KNOWN)];

    expect(samples[1]?.value).toBe(value);
  });

  it('fails on a duration that is none', () => {
    expect(() => printed(one(PEER), [{ state: '', count: 0, wait: 'long', started: 0 }])).toThrow(
      'expected a duration',
    );
  });

  it.each([
    [
      'a histogram',
      PEER.replace('gauge', 'HISTOGRAM'),
      '11: pg_orders.metrics[1].count.usage: histograms are not supported',
    ],
    ['a mapping', PEER.replace('gauge', 'MAPPEDMETRIC'), 'there is no mapping in this form'],
    [
      'an unknown usage',
      PEER.replace('gauge', 'GUAGE'),
      '11: pg_orders.metrics[1].count.usage: expected one of LABEL',
    ],
    ['an unknown field', PEER.replace('master', 'primary'), '3: pg_orders: unknown key "primary"'],
    [
      'a range that is none',
      PEER.replace('>=10.0.0 <12.0.0', 'ten'),
      '5: pg_orders.runonserver: expected a range',
    ],
    [
      'a column twice',
      PEER.replace('started:', 'count:'),
      '15: pg_orders.metrics[3].count: "pg_orders_count" is there twice',
    ],
    [
      'a metric of ours',
      PEER.replace('pg_orders:', 'pg_locks:'),
      '10: pg_locks.metrics[1].count: "pg_locks_count" is a metric of the built-in collector locks',
    ],
    [
      'a query without a value',
      PEER.replace(/gauge|DURATION|COUNTER/g, 'DISCARD'),
      '6: pg_orders.metrics: expected at least one GAUGE',
    ],
    [
      'SQL that writes',
      PEER.replace('SELECT', 'UPDATE'),
      '2: pg_orders.query: expected a statement that only reads',
    ],
  ])('refuses %s, with the line', (_case, text, expected) => {
    const found = problems(text);

    expect(found.length).toBeGreaterThan(0);
    expect(
      found.some((problem) => problem.includes(expected)),
      found.join('\n'),
    ).toBe(true);
  });
});

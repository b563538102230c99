import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES_FOLDER, ruleFiles } from '../../alert-rules/compile.ts';
import { findProgram } from '../../cli/up/find-program.ts';
import { allDashboards, expressionsOf } from '../support/dashboards.ts';
import { fleetWorld } from '../support/fleet-world.ts';
import { notice } from '../support/notice.ts';
import { startPrometheus, type TestPrometheus } from '../support/prometheus.ts';

const run = promisify(execFile);
const promtool = findProgram('promtool');
const prometheus = findProgram('prometheus');
if (promtool === undefined) notice('promtool on the rule pack', 'promtool was not found');
if (prometheus === undefined) notice('rules and dashboards on Prometheus', 'prometheus was not found');

const areas = [...new Set((await ruleFiles()).map((file) => dirname(file)))];
const tests = await ruleFiles(RULES_FOLDER, '.rules.test.yml');
const files = (await ruleFiles()).map((file) => join(RULES_FOLDER, file));

describe.skipIf(promtool === undefined)('promtool', () => {
  it('accepts every rule file', async () => {
    const { stdout } = await run(promtool ?? '', ['check', 'rules', '--lint=all', '--lint-fatal', ...files]);

    expect(stdout.match(/SUCCESS/g)?.length).toBe(files.length);
  });

  it.each(tests)('passes %s', async (test) => {
    const { stdout } = await run(promtool ?? '', ['test', 'rules', join(RULES_FOLDER, test)]);

    expect(stdout).toContain('SUCCESS');
  });
});

interface RuleGroups {
  groups: { name: string; rules: { name: string; health: string; lastError?: string; state?: string }[] }[];
}

interface Alerts {
  alerts: { labels: Record<string, string>; annotations: Record<string, string>; state: string }[];
}

/** Every alert once, by what tells it from others of its name. */
function namesOf({ alerts }: Alerts): string[] {
  const names = alerts.map(({ labels }) => {
    const { alertname, severity, instance = '', mountpoint = '', channel = '', collector = '' } = labels;
    return [alertname, severity, instance, mountpoint, channel, collector].filter(Boolean).join(' ');
  });
  return [...new Set(names)].sort();
}

interface Query {
  result: { metric: Record<string, string>; value: [number, string] }[];
}

describe.skipIf(prometheus === undefined)('a Prometheus with a small fleet', () => {
  let server: TestPrometheus;

  beforeAll(async () => {
    server = await startPrometheus({
      binary: prometheus ?? '',
      ruleFiles: areas.map((area) => join(RULES_FOLDER, area, '*.rules.yml')),
      metrics: () => fleetWorld(Date.now()),
      jobs: ['pgfleet'],
    });
    // Two rounds: what one rule records, another reads in the next.
    await server.until(
      () => server.api<Query>('query', { query: 'pgfleet:server_state' }),
      ({ result }) => result.length > 0,
    );
    await server.until(
      () => server.api<Alerts>('alerts'),
      ({ alerts }) => alerts.some(({ labels }) => labels['alertname'] === 'DiskAlmostFull'),
    );
  });
  afterAll(() => server?.close());

  it('loads every group and evaluates every rule without an error', async () => {
    const { groups } = await server.until(
      () => server.api<RuleGroups>('rules'),
      (found) => found.groups.every(({ rules }) => rules.every(({ health }) => health !== 'unknown')),
    );

    expect(groups.length).toBe(files.length);
    for (const { rules } of groups) {
      for (const rule of rules) expect(rule.lastError ?? '', rule.name).toBe('');
    }
  });

  it('notices what is wrong with the fleet, and only that', async () => {
    // Every group is evaluated at its own moment, and on a busy machine a scrape of a second can fail.
    const expected = [
      'DiskAlmostFull critical web2 /data',
      'DiskAlmostFull warning web2 /data',
      'HostDown critical web3',
      'NotifierChannelBroken critical 127.0.0.1:9432 ops-mail',
      'NotifierDeliveryDelayed warning 127.0.0.1:9432',
      'PgfleetCollectorFailing warning db1:5432 locks',
      'PostgresDown critical db3:5432',
      'RetiredServerAnswers warning db5:5432',
      'ServerUnobserved critical db3:5432',
      'ServerUnobserved critical db4:5432',
      'Watchdog none',
    ];
    const found = await server.until(
      async () => namesOf(await server.api<Alerts>('alerts')),
      (names) => names.join() === expected.join(),
    );

    expect(found).toEqual(expected);
  });

  it('fills in the texts of alerts in both languages', async () => {
    const { alerts } = await server.api<Alerts>('alerts');

    for (const { annotations, labels } of alerts) {
      for (const [name, text] of Object.entries(annotations)) {
        expect(text, `${labels['alertname']} ${name}`).not.toMatch(
          /error expanding template|<no value>|\{\{/,
        );
      }
    }
  });

  it('knows the state of every server and host that should be there', async () => {
    const { result } = await server.api<Query>('query', {
      query: '{__name__=~"pgfleet:(server|host)_state"}',
    });

    expect(Object.fromEntries(result.map(({ metric, value }) => [metric['instance'], value[1]]))).toEqual({
      'db1:5432': '0',
      'db2:5432': '0',
      'db3:5432': '3',
      'db4:5432': '3',
      web1: '0',
      web2: '0',
      web3: '3',
    });
  });

  it('judges servers and hosts, and says what it cannot judge', async () => {
    const { result } = await server.until(
      () =>
        server.api<Query>('query', {
          query:
            'pgfleet:host_grade or pgfleet:server_condition{condition="retired_answers"} or pgfleet:server_idle{window="7d",verdict!="undetermined"}',
        }),
      (answer) => answer.result.some(({ metric }) => metric['verdict'] === 'active'),
    );
    const verdicts = result.map(({ metric }) =>
      [metric['instance'], metric['grade'], metric['condition'], metric['verdict']].filter(Boolean).join(' '),
    );

    // Rows are written all the time on the primaries that answer; db3 and db4 do not run.
    expect(verdicts.sort()).toEqual([
      'db1:5432 active',
      'db2:5432 active',
      'db3:5432 inapplicable',
      'db4:5432 inapplicable',
      'db5:5432 retired_answers found',
      'web1 watch',
      'web2 watch',
      'web3 unknown',
    ]);
  });

  const expressions = allDashboards()
    .filter(({ locale }) => locale === 'en')
    .flatMap(({ name, dashboard }) => expressionsOf(dashboard).map((expr) => [name, expr] as const));

  it.each(expressions)('%s: %s', async (_name, query) => {
    const { result } = await server.until(
      () => server.api<Query>('query', { query }),
      (answer) => answer.result.length > 0,
    );

    expect(result.length).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from 'vitest';
import type { Row } from '../rows.ts';
import { CONSOLE_COLLECTORS, CONSOLE_SELF_METRICS } from './collectors.ts';

function collectorOf(command: string) {
  const collector = CONSOLE_COLLECTORS.find((candidate) => candidate.command === command);
  if (collector === undefined) throw new Error(`no collector runs ${command}`);
  return collector;
}

/** "name{labels} value" of every sample with a value. */
function printed(command: string, rows: readonly Row[]): string[] {
  return [...collectorOf(command).samples(rows)]
    .filter(({ value }) => value !== undefined && value !== null)
    .map(({ family, labels, value }) => `${family.name}${JSON.stringify(labels)} ${value}`);
}

/** Column sets as the console of each version answers. */
const POOLS_1_8 = {
  database: 'shop',
  user: 'app',
  cl_active: 5,
  cl_waiting: 2,
  sv_active: 4,
  sv_idle: 1,
  sv_used: 0,
  sv_tested: 0,
  sv_login: 0,
  maxwait: 3,
  maxwait_us: 250_000,
  pool_mode: 'transaction',
};
const { cl_active: _, ...POOLS_WITHOUT_A_COLUMN } = POOLS_1_8;
const POOLS_1_16 = { ...POOLS_1_8, cl_cancel_req: 7 };
const POOLS_1_18 = {
  ...POOLS_1_8,
  cl_active_cancel_req: 1,
  cl_waiting_cancel_req: 7,
  sv_active_cancel: 2,
  sv_being_canceled: 3,
};
const POOLS_1_24 = { ...POOLS_1_18, load_balance_hosts: null };
const LABELS = '{"database":"shop","user":"app"}';

describe('SHOW POOLS', () => {
  it('of 1.8 gives nine states and the wait in seconds', () => {
    const samples = printed('SHOW POOLS', [POOLS_1_8]);

    expect(samples).toHaveLength(8);
    expect(samples).toContain(`pgbouncer_pools_client_active_connections${LABELS} 5`);
    expect(samples).toContain(`pgbouncer_pools_client_waiting_connections${LABELS} 2`);
    expect(samples).toContain(`pgbouncer_pools_client_maxwait_seconds${LABELS} 3.25`);
  });

  it.each([
    ['1.16', POOLS_1_16, 9],
    ['1.18', POOLS_1_18, 12],
    ['1.24', POOLS_1_24, 12],
  ])('of %s has the cancelling clients under one name', (_version, row, count) => {
    const samples = printed('SHOW POOLS', [row]);

    expect(samples).toHaveLength(count);
    expect(samples).toContain(`pgbouncer_pools_client_waiting_cancel_connections${LABELS} 7`);
  });

  it('does without a column that is not there', () => {
    expect(printed('SHOW POOLS', [POOLS_WITHOUT_A_COLUMN])).toHaveLength(7);
  });
});

describe('SHOW STATS', () => {
  const old = {
    database: 'shop',
    total_xact_count: 10,
    total_query_count: 20,
    total_received: 1000,
    total_sent: 2000,
    total_xact_time: 3_000_000,
    total_query_time: 2_000_000,
    total_wait_time: 500_000,
    avg_xact_count: 1,
  };

  it('of 1.8 gives counters in seconds and bytes', () => {
    const samples = printed('SHOW STATS', [old]);

    expect(samples).toEqual([
      'pgbouncer_stats_totals_queries_pooled_total{"database":"shop"} 20',
      'pgbouncer_stats_totals_queries_duration_seconds_total{"database":"shop"} 2',
      'pgbouncer_stats_totals_received_bytes_total{"database":"shop"} 1000',
      'pgbouncer_stats_totals_sent_bytes_total{"database":"shop"} 2000',
      'pgbouncer_stats_totals_client_wait_seconds_total{"database":"shop"} 0.5',
      'pgbouncer_stats_totals_sql_transactions_pooled_total{"database":"shop"} 10',
      'pgbouncer_stats_totals_server_in_transaction_seconds_total{"database":"shop"} 3',
    ]);
  });

  it('of 1.23 and 1.24 gives what they added', () => {
    const added = {
      total_server_assignment_count: 4,
      total_client_parse_count: 5,
      total_server_parse_count: 6,
      total_bind_count: 7,
    };

    expect(printed('SHOW STATS', [{ ...old, ...added }]).slice(7)).toEqual([
      'pgbouncer_stats_totals_server_assignments_total{"database":"shop"} 4',
      'pgbouncer_stats_totals_client_parses_total{"database":"shop"} 5',
      'pgbouncer_stats_totals_server_parses_total{"database":"shop"} 6',
      'pgbouncer_stats_totals_binds_total{"database":"shop"} 7',
    ]);
  });
});

describe('SHOW DATABASES', () => {
  const row = {
    name: 'shop',
    host: 'db1',
    port: 5432,
    database: 'shop_prod',
    force_user: null,
    pool_size: 20,
    pool_mode: null,
    max_connections: 0,
    current_connections: 3,
    paused: 0,
    disabled: 0,
  };

  it.each([
    ['1.8', { ...row, reserve_pool: 5 }],
    ['1.24', { ...row, reserve_pool_size: 5, server_lifetime: 3600, load_balance_hosts: null }],
  ])('of %s has the reserve under one name', (_version, given) => {
    const labels = JSON.stringify({
      name: 'shop',
      host: 'db1',
      port: '5432',
      database: 'shop_prod',
      force_user: '',
      pool_mode: '',
    });

    expect(printed('SHOW DATABASES', [given])).toContain(`pgbouncer_databases_reserve_pool${labels} 5`);
    expect(printed('SHOW DATABASES', [given])).toHaveLength(6);
  });
});

describe('lists and limits', () => {
  it('take the rows they know', () => {
    const rows = [
      { list: 'used_clients', items: 12 },
      { list: 'peers', items: 2 },
      { list: 'dns_names', items: '3' },
    ];

    expect(printed('SHOW LISTS', rows)).toEqual([
      'pgbouncer_used_clients{} 12',
      'pgbouncer_cached_dns_names{} 3',
    ]);
  });

  it.each([
    ['three columns of 1.8', { key: 'max_client_conn', value: '100', changeable: 'yes' }],
    ['four columns', { key: 'max_client_conn', value: '100', default: '100', changeable: 'yes' }],
  ])('read settings from %s', (_case, row) => {
    const rows = [row, { key: 'logfile', value: '/var/log/x', changeable: 'yes' }];

    expect(printed('SHOW CONFIG', rows)).toEqual(['pgbouncer_config_max_client_connections{} 100']);
  });
});

describe.each(CONSOLE_COLLECTORS.map((collector) => [collector.name, collector] as const))(
  '%s',
  (_name, collector) => {
    it('declares what it emits, in sentences and with good names', () => {
      const names = collector.metrics.map(({ family }) => family.name);

      expect(new Set(names).size).toBe(names.length);
      for (const { family } of collector.metrics) {
        expect(family.name).toMatch(/^pgbouncer_[a-z_]+$/);
        expect(family.help).toMatch(/^[A-Z].*\.$/);
        expect(family.name.endsWith('_total')).toBe(family.type === 'counter');
      }
    });

    it.each([[[]], [[{}]], [[{ nonsense: 'x' }]]] as (readonly Row[])[][])('survives %j', (rows) => {
      for (const { value } of collector.samples(rows)) expect(value ?? undefined).toBeUndefined();
    });
  },
);

it('shares no name between collectors', () => {
  const names = [...CONSOLE_COLLECTORS.flatMap(({ metrics }) => metrics), ...CONSOLE_SELF_METRICS].map(
    ({ family }) => family.name,
  );

  expect(new Set(names).size).toBe(names.length);
});

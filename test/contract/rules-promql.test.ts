import { describe, expect, it } from 'vitest';
import { promqlNames } from '../support/promql.ts';

describe('promqlNames', () => {
  it.each([
    ['up == 0', ['up']],
    ['rate(node_cpu_seconds_total{mode="idle"}[5m])', ['node_cpu_seconds_total']],
    ['sum by (instance) (pg_up) / on (instance) group_left (host) b:c:d', ['b:c:d', 'pg_up']],
    ['a unless on () (b == bool 1) offset 1h', ['a', 'b']],
    ['label_replace(a, "x", "pg_up", "y", "(.*)")', ['a']],
    ['vector(1)', []],
    ['max_over_time((a > 0)[1h:5m]) or vector(0) # pg_up', ['a']],
    ['predict_linear(a[6h], scalar(b{c="d"})) < 0', ['a', 'b']],
    ['rate(a{instance=~"$instance"}[$__rate_interval]) * $factor', ['a']],
    ['quantile(0.95, a) > 1e9 and b < Inf', ['a', 'b']],
    ['count_values without (instance) ("version", a)', ['a']],
    ['a{b="x}y{z"}', ['a']],
  ])('%s', (expression, metrics) => {
    expect(promqlNames(expression).metrics).toEqual(metrics);
  });

  it('gives the matchers of each metric', () => {
    const { matchers } = promqlNames(
      'a < on () group_left () t{name="n",severity="critical"} or t{name="m"}',
    );

    expect(matchers.get('t')).toEqual(['name="n",severity="critical"', 'name="m"']);
  });
});

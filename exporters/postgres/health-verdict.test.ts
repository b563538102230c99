import { expect, it } from 'vitest';
import type { ServerState } from './health-check.ts';
import { type HealthQuestion, judgeHealth } from './health-verdict.ts';

const up = { want: 'up' } as const;
const primary = { want: 'primary' } as const;
const replica = { want: 'replica', maxLagSeconds: undefined } as const;
const within10s = { want: 'replica', maxLagSeconds: 10 } as const;

function known(state: ServerState) {
  return { state, failure: undefined, ageSeconds: 0, busy: false };
}

const ofPrimary = known({ role: 'primary', lagSeconds: undefined, receiving: false });
const ofPooler = known({ role: undefined, lagSeconds: undefined, receiving: undefined });
const standby = (lagSeconds: number | undefined, receiving = true) =>
  known({ role: 'standby', lagSeconds, receiving });

it.each([
  [up, ofPrimary, true, 'up: primary'],
  [up, standby(3), true, 'up: standby'],
  [up, ofPooler, true, 'up: role unknown'],
  [primary, ofPrimary, true, 'primary'],
  [primary, standby(0), false, 'not a primary: standby'],
  [primary, ofPooler, false, 'not a primary: role unknown'],
  [replica, standby(3600), true, 'replica: 3600.0 s behind'],
  [replica, standby(undefined), true, 'replica: lag unknown'],
  [replica, ofPrimary, false, 'not a replica: primary'],
  [
    within10s,
    standby(0, false),
    true,
    'replica: 0.0 s behind, no WAL receiver is running, at most 10 s allowed',
  ],
  [within10s, standby(0), true, 'replica: 0.0 s behind, at most 10 s allowed'],
  [within10s, standby(10), true, 'replica: 10.0 s behind, at most 10 s allowed'],
  [within10s, standby(10.1), false, 'replica: 10.1 s behind, at most 10 s allowed'],
  [within10s, standby(undefined), false, 'replica: lag unknown, at most 10 s allowed'],
] as [HealthQuestion, ReturnType<typeof known>, boolean, string][])(
  '%o of %o',
  (question, report, healthy, text) => {
    expect(judgeHealth(report, question)).toEqual({ healthy, text });
  },
);

it.each([up, primary, replica, within10s])('a server that does not answer is not well: %o', (question) => {
  const report = { state: undefined, failure: 'connection refused', ageSeconds: 0, busy: false };

  expect(judgeHealth(report, question)).toEqual({ healthy: false, text: 'down: connection refused' });
});

it('says of what moment it speaks when it could not ask', () => {
  const report = { ...ofPrimary, ageSeconds: 4.21, busy: true };

  expect(judgeHealth(report, primary).text).toBe('primary (as of 4.2 s ago, a scrape is running)');
});

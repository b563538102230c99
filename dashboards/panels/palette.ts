import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** Status colours that stay apart for colour-blind readers; a text or number always accompanies them. */
export const COLOR = {
  ok: '#009E73',
  info: '#56B4E9',
  warning: '#E69F00',
  critical: '#D55E00',
  down: '#882255',
  neutral: '#7F8C9A',
} as const;

/** A colour from a value upwards; the first step has no lower bound. */
export interface Step {
  readonly from: number | null;
  readonly color: string;
}

/** One colour whatever the value: counts that are neither good nor bad. */
export const NEUTRAL: readonly Step[] = [{ from: null, color: COLOR.neutral }];

/** Zero is good, one is already not. */
export function goodAtZero(bad: string): readonly Step[] {
  return [
    { from: null, color: COLOR.ok },
    { from: 1, color: bad },
  ];
}

/** Bad below the limit: 1 for "it works". */
export function goodFrom(limit: number, bad: string): readonly Step[] {
  return [
    { from: null, color: bad },
    { from: limit, color: COLOR.ok },
  ];
}

export function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(({ from, color }) => ({ value: from, color })));
}

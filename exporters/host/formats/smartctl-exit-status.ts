/**
 * smartctl's exit status is a mask of eight findings; its output is worth reading whatever they are.
 * From bit 0 on, after EXIT STATUS of smartctl(8).
 */
export const EXIT_STATES = [
  'command_line_failed',
  'open_failed',
  'command_failed',
  'disk_failing',
  'prefail_attribute_failed',
  'attribute_failed_in_past',
  'error_log_has_errors',
  'self_test_log_has_errors',
] as const;

export type ExitState = (typeof EXIT_STATES)[number];

/** Whether each finding is set; undefined for a number that is no exit status. */
export function exitStates(status: number | undefined): ReadonlyMap<ExitState, boolean> | undefined {
  if (status === undefined || !Number.isInteger(status) || status < 0 || status > 255) return undefined;
  return new Map(EXIT_STATES.map((state, bit) => [state, (status & (1 << bit)) !== 0]));
}

import type { Messages } from './messages.ts';

export const en: Messages = {
  severity: { critical: 'CRITICAL', warning: 'WARNING', info: 'INFO' },
  change: { open: 'FIRING', close: 'RESOLVED', repeat: 'STILL FIRING', open_close: 'FIRED AND RESOLVED' },
  where: 'Where',
  since: 'Since',
  ended: 'Ended',
  owner: 'Owner',
  labels: 'Labels',
  runbook: 'Runbook',
  dashboard: 'Dashboard',
  silence: 'Silence',
  query: 'Query',
  colon: ': ',
  comma: ', ',
  endUnknown: 'Alertmanager no longer reports it; how it ended is unknown.',
  possibleDuplicate: 'Possibly a duplicate: it is not certain whether this message had arrived before.',
  unitGap: ' ',
  lasted: (duration) => `lasted ${duration}`,
  duration: (amount, unit) => `${amount} ${amount === 1 ? unit : `${unit}s`}`,
  count: (count, change) => `${count} ${COUNTED[change]}`,
  more: (count) => `and ${count} more`,
  omitted: (count) =>
    `${count} more ${count === 1 ? 'alert is' : 'alerts are'} not listed here, see Alertmanager.`,
  truncated: (count) =>
    `Alertmanager left ${count} more ${count === 1 ? 'alert' : 'alerts'} of this group out (max_alerts).`,
  test: {
    title: 'Test message from pgfleet',
    line: (channel) => `Channel "${channel}" works. Nothing is wrong; somebody ran "pgfleet notify test".`,
  },
  notice: {
    broken: (channel, detail) => `Channel "${channel}" cannot deliver: ${detail}`,
    brokenAdvice: (count, hours) =>
      `${count} ${count === 1 ? 'message waits' : 'messages wait'}. pgfleet tries again every few minutes and gives messages up after ${hours} h.`,
    dead: (channel, count, detail) =>
      `Channel "${channel}" refused ${count} ${count === 1 ? 'message' : 'messages'} for good: ${detail}`,
    expired: (channel, count, hours) =>
      `${count} ${count === 1 ? 'message' : 'messages'} could not be delivered through channel "${channel}" within ${hours} h.`,
  },
};

const COUNTED = {
  open: 'firing',
  close: 'resolved',
  repeat: 'still firing',
  open_close: 'fired and resolved',
} as const;

import type { Messages } from './messages.ts';

export const zh: Messages = {
  severity: { critical: '严重', warning: '警告', info: '提示' },
  change: { open: '触发', close: '恢复', repeat: '持续', open_close: '触发后已恢复' },
  where: '位置',
  since: '开始',
  ended: '结束',
  owner: '负责人',
  labels: '标签',
  runbook: '处理手册',
  dashboard: '仪表盘',
  silence: '静默',
  query: '查询',
  colon: '：',
  comma: '、',
  endUnknown: 'Alertmanager 已不再报告此告警，如何结束未知。',
  possibleDuplicate: '可能重复：无法确定此消息之前是否已送达。',
  unitGap: ' ',
  lasted: (duration) => `持续 ${duration}`,
  duration: (amount, unit) => `${amount} ${UNITS[unit]}`,
  count: (count, change) => `${count} 条${COUNTED[change]}`,
  more: (count) => `等另外 ${count} 处`,
  omitted: (count) => `另有 ${count} 条告警未列出，见 Alertmanager。`,
  truncated: (count) => `Alertmanager 未发送同组的另外 ${count} 条告警（max_alerts）。`,
  test: {
    title: 'pgfleet 测试消息',
    line: (channel) => `渠道“${channel}”工作正常。没有故障，只是有人执行了“pgfleet notify test”。`,
  },
  notice: {
    broken: (channel, detail) => `渠道“${channel}”无法投递：${detail}`,
    brokenAdvice: (count, hours) => `有 ${count} 条消息在等待。pgfleet 每隔几分钟重试，${hours} 小时后放弃。`,
    dead: (channel, count, detail) => `渠道“${channel}”拒收了 ${count} 条消息：${detail}`,
    expired: (channel, count, hours) => `${count} 条消息未能在 ${hours} 小时内通过渠道“${channel}”送达。`,
  },
};

const UNITS = { second: '秒', minute: '分钟', hour: '小时', day: '天' } as const;

const COUNTED = { open: '触发', close: '恢复', repeat: '持续触发', open_close: '触发后已恢复' } as const;

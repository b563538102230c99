import type { Section } from '../panels/page.ts';
import { COLOR } from '../panels/palette.ts';
import { table } from '../panels/table.ts';
import { text } from '../panels/text.ts';
import { timeSeries } from '../panels/time-series.ts';

/** The alerts that fire, without the one that always does. */
export function firing(filter: string): string {
  return `ALERTS{alertstate="firing",alertname!="Watchdog",${filter}}`;
}

/** What fires now and how it was over the time shown, for the series that match. */
export function alertSection(filter: string): Section {
  return {
    title: text('Alerts', '告警'),
    panels: [
      table({
        title: text('Firing now', '正在触发'),
        description: text(
          'Every alert that fires, the oldest first. Its runbook is linked in the notification and lies under docs/runbooks.',
          '所有正在触发的告警，最早的在前。处置手册的链接在通知中，文件位于 docs/runbooks。',
        ),
        width: 14,
        height: 9,
        noValue: text('nothing fires', '没有告警'),
        queries: [{ expr: `ALERTS_FOR_STATE * 1000 and ignoring (alertstate) ${firing(filter)}` }],
        sortBy: { field: 'Value', descending: false },
        columns: [
          { field: 'severity', title: text('Severity', '级别'), width: 90 },
          { field: 'alertname', title: text('Alert', '告警'), width: 210 },
          { field: 'instance', title: text('Instance', '实例') },
          { field: 'host', title: text('Host', '主机') },
          { field: 'mountpoint', title: text('Volume', '卷') },
          { field: 'Value', title: text('Since', '开始于'), unit: 'dateTimeFromNow', width: 140 },
        ],
      }),
      timeSeries({
        title: text('Firing over time', '触发趋势'),
        description: text(
          'Number of firing alerts by severity: one bad hour, or every night at the same time?',
          '各级别触发中的告警数量：是偶然的一小时，还是每晚同一时刻？',
        ),
        width: 10,
        height: 9,
        unit: 'short',
        draw: 'stacked bars',
        decimals: 0,
        min: 0,
        colors: { critical: COLOR.critical, warning: COLOR.warning, info: COLOR.info },
        noValue: text('nothing fired', '没有告警'),
        queries: [{ expr: `count by (severity) (${firing(filter)})`, legend: '{{severity}}' }],
      }),
    ],
  };
}

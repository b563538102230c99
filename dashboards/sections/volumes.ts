import { rowToHost } from '../panels/links.ts';
import type { Panel } from '../panels/panel.ts';
import { STATE_STEPS, stateNames } from '../panels/state.ts';
import { table } from '../panels/table.ts';
import { text } from '../panels/text.ts';

/** The fullest writable volumes of the hosts that match, with the time left at the present rate. */
export function volumeTable(options: { width: number; height: number; filter: string }): Panel {
  const { width, height, filter } = options;
  const free = `pgfleet:filesystem_free:bytes{${filter}}`;
  const fullest = `bottomk(20, pgfleet:filesystem_free:ratio{${filter}})`;
  return table({
    title: text('Fullest volumes', '最满的卷'),
    description: text(
      'The 20 writable volumes with the smallest free share. "Full in" continues the trend of the last 6 hours and is empty when the volume is not filling.',
      '剩余比例最小的 20 个可写卷。“写满时间”按最近 6 小时的趋势推算，卷没有变满时为空。',
    ),
    width,
    height,
    joinBy: 'volume',
    noValue: text('unknown', '未知'),
    sortBy: { field: 'Value #A', descending: false },
    queries: [
      { refId: 'A', expr: `max by (instance, mountpoint, device, volume) (${named(fullest)})` },
      { refId: 'B', expr: `max by (volume) (${named(`${free} and ${fullest}`)})` },
      {
        refId: 'C',
        expr: `max by (volume) (${named(`${free} / (-1 * deriv(${free}[6h]) > 0) and ${fullest}`)})`,
      },
      {
        refId: 'D',
        expr: `max by (volume) (${named(`${isFull(fullest, free, 'warning')} + ${isFull(fullest, free, 'critical')}`)})`,
      },
    ],
    columns: [
      { field: 'instance', title: text('Host', '主机'), link: rowToHost('instance') },
      { field: 'mountpoint', title: text('Mounted on', '挂载点') },
      { field: 'device', title: text('Device', '设备') },
      { field: 'Value #A', title: text('Free', '剩余比例'), unit: 'percentunit', decimals: 1, width: 90 },
      { field: 'Value #B', title: text('Free space', '剩余空间'), unit: 'bytes', width: 110 },
      { field: 'Value #C', title: text('Full in', '写满时间'), unit: 's', decimals: 0, width: 110 },
      {
        field: 'Value #D',
        title: text('Level', '级别'),
        width: 100,
        mappings: stateNames,
        steps: STATE_STEPS,
      },
    ],
  });
}

/** One label that names a volume, so that several queries become one row. */
function named(expr: string): string {
  return `label_join(${expr}, "volume", " ", "instance", "device", "mountpoint")`;
}

/** 1 where DiskAlmostFull would fire with this severity: below the ratio and below the bytes. */
function isFull(ratio: string, bytes: string, severity: string): string {
  const limit = (name: string) =>
    `< bool on () group_left () pgfleet:threshold{name="${name}",severity="${severity}"}`;
  return `(${ratio} ${limit('disk_free_ratio')}) * (${bytes} ${limit('disk_free_bytes')})`;
}

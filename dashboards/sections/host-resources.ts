import type { Section } from '../panels/page.ts';
import { rate, sumRate } from '../panels/rates.ts';
import { THIS_HOST } from '../panels/selector.ts';
import { text } from '../panels/text.ts';
import { timeSeries } from '../panels/time-series.ts';

const UNREADABLE = text('host not readable', '主机无法读取');
const HOST = THIS_HOST.slice(1, -1);

/** What one host computes with: processors and memory. */
export const hostResources: Section = {
  title: text('Processors and memory', '处理器与内存'),
  panels: [
    timeSeries({
      title: text('Processor time', '处理器时间'),
      description: text(
        'Share of all processors by what they did. Waiting for disks (iowait) and time taken by the hypervisor (steal) are the ones to watch.',
        '全部处理器时间按用途的比例。需关注等待磁盘（iowait）与被虚拟化平台占用（steal）。',
      ),
      width: 12,
      height: 8,
      unit: 'percentunit',
      min: 0,
      draw: 'stacked areas',
      noValue: UNREADABLE,
      queries: [
        {
          expr: `${sumRate(`node_cpu_seconds_total{${HOST},mode!="idle"}`, 'mode')} / ignoring (mode) group_left () count(count by (cpu) (node_cpu_seconds_total${THIS_HOST}))`,
          legend: '{{mode}}',
        },
      ],
    }),
    timeSeries({
      title: text('Load', '负载'),
      description: text(
        'Tasks that run or wait, and the number of processors as a dashed line. Above the line work queues up.',
        '正在运行或等待的任务数，虚线为处理器数。高于虚线说明工作在排队。',
      ),
      width: 12,
      height: 8,
      unit: 'short',
      min: 0,
      limits: { C: 'critical' },
      noValue: UNREADABLE,
      queries: [
        { expr: `node_load1${THIS_HOST}`, legend: text('1 minute', '1 分钟') },
        { expr: `node_load15${THIS_HOST}`, legend: text('15 minutes', '15 分钟') },
        {
          expr: `count(count by (cpu) (node_cpu_seconds_total${THIS_HOST}))`,
          legend: text('processors', '处理器数'),
        },
      ],
    }),
    timeSeries({
      title: text('Memory', '内存'),
      description: text(
        'What memory is used for. The page cache works for PostgreSQL and is given back when needed.',
        '内存的用途。页缓存为 PostgreSQL 服务，需要时会归还。',
      ),
      width: 12,
      height: 8,
      unit: 'bytes',
      min: 0,
      limits: { D: 'critical' },
      noValue: UNREADABLE,
      queries: [
        {
          expr: `node_memory_MemTotal_bytes${THIS_HOST} - node_memory_MemAvailable_bytes${THIS_HOST}`,
          legend: text('used', '已用'),
        },
        { expr: `node_memory_Cached_bytes${THIS_HOST}`, legend: text('page cache', '页缓存') },
        { expr: `node_memory_Dirty_bytes${THIS_HOST}`, legend: text('not yet written', '尚未写盘') },
        { expr: `node_memory_MemTotal_bytes${THIS_HOST}`, legend: text('total', '总量') },
      ],
    }),
    timeSeries({
      title: text('Swapping', '换页'),
      description: text(
        'Pages read from and written to swap per second. A full swap area is harmless; traffic to it is not.',
        '每秒从交换区读取与写入的页数。交换区已满并无大碍，持续换页才有问题。',
      ),
      width: 12,
      height: 8,
      unit: 'ops',
      min: 0,
      noValue: UNREADABLE,
      queries: [
        { expr: rate(`node_vmstat_pswpin${THIS_HOST}`), legend: text('in', '换入') },
        { expr: rate(`node_vmstat_pswpout${THIS_HOST}`), legend: text('out', '换出') },
      ],
    }),
  ],
};

import type { Section } from '../panels/page.ts';
import { meanTime, rate } from '../panels/rates.ts';
import { THIS_HOST } from '../panels/selector.ts';
import { text } from '../panels/text.ts';
import { timeSeries } from '../panels/time-series.ts';
import { volumeTable } from './volumes.ts';

const UNREADABLE = text('host not readable', '主机无法读取');
const IDLE = text('idle', '空闲');

/** What one host stores with and talks with. */
export const hostDevices: Section = {
  title: text('Disks and network', '磁盘与网络'),
  panels: [
    timeSeries({
      title: text('Time of one disk operation', '单次磁盘操作耗时'),
      description: text(
        'Mean time of a read and of a write, per disk. A healthy spinning disk takes about 10 ms, an SSD less than 1 ms.',
        '每块磁盘单次读写的平均耗时。健康的机械盘约 10 毫秒，SSD 不到 1 毫秒。',
      ),
      width: 12,
      height: 8,
      unit: 's',
      min: 0,
      noValue: IDLE,
      queries: [
        {
          expr: meanTime(
            `node_disk_read_time_seconds_total${THIS_HOST}`,
            `node_disk_reads_completed_total${THIS_HOST}`,
            'device',
          ),
          legend: text('{{device}} read', '{{device}} 读'),
        },
        {
          expr: meanTime(
            `node_disk_write_time_seconds_total${THIS_HOST}`,
            `node_disk_writes_completed_total${THIS_HOST}`,
            'device',
          ),
          legend: text('{{device}} write', '{{device}} 写'),
        },
      ],
    }),
    timeSeries({
      title: text('Disks at work', '磁盘繁忙程度'),
      description: text(
        'Share of the time in which a disk had work to do. A single spinning disk at 1 is saturated; arrays and SSDs can take more.',
        '磁盘有任务的时间比例。单块机械盘达到 1 即饱和；阵列和 SSD 可承受更多。',
      ),
      width: 12,
      height: 8,
      unit: 'percentunit',
      min: 0,
      max: 1,
      noValue: UNREADABLE,
      queries: [{ expr: rate(`node_disk_io_time_seconds_total${THIS_HOST}`), legend: '{{device}}' }],
    }),
    timeSeries({
      title: text('Disk throughput', '磁盘吞吐'),
      description: text('Bytes read and written per second, per disk.', '每块磁盘每秒读写的字节数。'),
      width: 12,
      height: 8,
      unit: 'Bps',
      min: 0,
      noValue: UNREADABLE,
      queries: [
        {
          expr: rate(`node_disk_read_bytes_total${THIS_HOST}`),
          legend: text('{{device}} read', '{{device}} 读'),
        },
        {
          expr: rate(`node_disk_written_bytes_total${THIS_HOST}`),
          legend: text('{{device}} written', '{{device}} 写'),
        },
      ],
    }),
    timeSeries({
      title: text('Network throughput', '网络吞吐'),
      description: text(
        'Bytes received and sent per second, per interface, without loopback.',
        '各网络接口每秒收发的字节数，不含回环接口。',
      ),
      width: 12,
      height: 8,
      unit: 'Bps',
      min: 0,
      noValue: UNREADABLE,
      queries: [
        {
          expr: rate(`node_network_receive_bytes_total${THIS_HOST.replace('}', ',device!="lo"}')}`),
          legend: text('{{device}} received', '{{device}} 接收'),
        },
        {
          expr: rate(`node_network_transmit_bytes_total${THIS_HOST.replace('}', ',device!="lo"}')}`),
          legend: text('{{device}} sent', '{{device}} 发送'),
        },
      ],
    }),
    volumeTable({ width: 14, height: 9, filter: THIS_HOST.slice(1, -1) }),
    timeSeries({
      title: text('Network errors', '网络错误'),
      description: text(
        'Packets with errors or dropped per second. More than none on a wired network means cable, port or driver.',
        '每秒出错或丢弃的包数。有线网络上只要不为零，就应检查网线、端口或驱动。',
      ),
      width: 10,
      height: 9,
      unit: 'ops',
      min: 0,
      noValue: UNREADABLE,
      queries: [
        {
          expr: rate(`node_network_receive_errs_total${THIS_HOST}`),
          legend: text('{{device}} receive errors', '{{device}} 接收错误'),
        },
        {
          expr: rate(`node_network_transmit_errs_total${THIS_HOST}`),
          legend: text('{{device}} transmit errors', '{{device}} 发送错误'),
        },
        {
          expr: rate(`node_network_receive_drop_total${THIS_HOST}`),
          legend: text('{{device}} dropped on receive', '{{device}} 接收丢弃'),
        },
      ],
    }),
  ],
};

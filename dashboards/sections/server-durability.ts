import type { Section } from '../panels/page.ts';
import { meanTime, rate, sumRate } from '../panels/rates.ts';
import { THIS_SERVER } from '../panels/selector.ts';
import { text } from '../panels/text.ts';
import { timeSeries } from '../panels/time-series.ts';

const NO_ANSWER = text('no answer', '无应答');

/** What one server writes to make changes durable. */
export const serverDurability: Section = {
  title: text('WAL and checkpoints', 'WAL 与检查点'),
  panels: [
    timeSeries({
      title: text('WAL written', 'WAL 写入量'),
      description: text(
        'Bytes of WAL per second: written on a primary, replayed on a standby.',
        '每秒 WAL 字节数：主库为写入，备库为重放。',
      ),
      width: 8,
      height: 8,
      unit: 'Bps',
      min: 0,
      noValue: NO_ANSWER,
      queries: [{ expr: sumRate(`pgfleet_postgres_wal_position_bytes_total${THIS_SERVER}`), legend: 'WAL' }],
    }),
    timeSeries({
      title: text('Checkpoints', '检查点'),
      description: text(
        'Checkpoints by what caused them. Many requested ones mean that max_wal_size is small for the load.',
        '按原因划分的检查点。大量请求触发的检查点说明 max_wal_size 相对负载偏小。',
      ),
      width: 8,
      height: 8,
      unit: 'ops',
      min: 0,
      noValue: NO_ANSWER,
      queries: [
        { expr: sumRate(`pgfleet_postgres_checkpoints_total${THIS_SERVER}`, 'reason'), legend: '{{reason}}' },
      ],
    }),
    timeSeries({
      title: text('Time spent in checkpoints', '检查点耗时'),
      description: text(
        'Share of the time in which a checkpoint writes or makes files durable. Long syncs point at slow disks.',
        '检查点写文件与落盘所占时间的比例。落盘时间长说明磁盘慢。',
      ),
      width: 8,
      height: 8,
      unit: 'percentunit',
      min: 0,
      noValue: NO_ANSWER,
      queries: [
        {
          expr: rate(`pgfleet_postgres_checkpoint_write_seconds_total${THIS_SERVER}`),
          legend: text('writing', '写文件'),
        },
        {
          expr: rate(`pgfleet_postgres_checkpoint_sync_seconds_total${THIS_SERVER}`),
          legend: text('syncing', '落盘'),
        },
      ],
    }),
    timeSeries({
      title: text('Time of one read', '单次读取耗时'),
      description: text(
        'Mean time of a read by kind of process. PostgreSQL 16 and later, with track_io_timing.',
        '各类进程单次读取的平均耗时。需 PostgreSQL 16 及以上并开启 track_io_timing。',
      ),
      width: 12,
      height: 8,
      unit: 's',
      min: 0,
      noValue: text('PostgreSQL 16 and later', 'PostgreSQL 16 及以上'),
      queries: [
        {
          expr: meanTime(
            `pgfleet_postgres_io_read_seconds_total${THIS_SERVER}`,
            `pgfleet_postgres_io_reads_total${THIS_SERVER}`,
            'backend_type',
          ),
          legend: '{{backend_type}}',
        },
      ],
    }),
    timeSeries({
      title: text('Bytes written by whom', '各进程写入量'),
      description: text(
        'Bytes written per second by kind of process. Client backends should not be the ones that write.',
        '各类进程每秒写入的字节数。正常情况下写入者不应是客户端进程。',
      ),
      width: 12,
      height: 8,
      unit: 'Bps',
      min: 0,
      draw: 'stacked areas',
      noValue: text('PostgreSQL 16 and later', 'PostgreSQL 16 及以上'),
      queries: [
        {
          expr: sumRate(`pgfleet_postgres_io_write_bytes_total${THIS_SERVER}`, 'backend_type'),
          legend: '{{backend_type}}',
        },
      ],
    }),
  ],
};

import type { Section } from '../panels/page.ts';
import { sumRate } from '../panels/rates.ts';
import { THIS_SERVER } from '../panels/selector.ts';
import { text } from '../panels/text.ts';
import { timeSeries } from '../panels/time-series.ts';

const NO_ANSWER = text('no answer', '无应答');

/** What one server does: transactions, rows, memory hits, temporary files. */
export const serverLoad: Section = {
  title: text('Load', '负载'),
  panels: [
    timeSeries({
      title: text('Transactions', '事务'),
      description: text(
        'Commits and rollbacks per second, all databases. The exporter itself adds a few.',
        '所有数据库每秒提交与回滚数。导出器自身也会贡献少量。',
      ),
      width: 12,
      height: 8,
      unit: 'ops',
      min: 0,
      noValue: NO_ANSWER,
      queries: [
        { expr: sumRate(`pg_stat_database_xact_commit${THIS_SERVER}`), legend: text('commits', '提交') },
        { expr: sumRate(`pg_stat_database_xact_rollback${THIS_SERVER}`), legend: text('rollbacks', '回滚') },
      ],
    }),
    timeSeries({
      title: text('Rows written', '写入行数'),
      description: text(
        'Rows inserted, updated and deleted per second, all databases.',
        '所有数据库每秒插入、更新、删除的行数。',
      ),
      width: 12,
      height: 8,
      unit: 'ops',
      min: 0,
      draw: 'stacked areas',
      noValue: NO_ANSWER,
      queries: [
        { expr: sumRate(`pg_stat_database_tup_inserted${THIS_SERVER}`), legend: text('inserted', '插入') },
        { expr: sumRate(`pg_stat_database_tup_updated${THIS_SERVER}`), legend: text('updated', '更新') },
        { expr: sumRate(`pg_stat_database_tup_deleted${THIS_SERVER}`), legend: text('deleted', '删除') },
      ],
    }),
    timeSeries({
      title: text('Blocks found in memory', '内存命中'),
      description: text(
        'Share of block reads answered from shared buffers. What is missing here may still come from the page cache.',
        '从共享缓冲区得到的块读取比例。未命中的部分仍可能来自操作系统页缓存。',
      ),
      width: 8,
      height: 8,
      unit: 'percentunit',
      max: 1,
      noValue: NO_ANSWER,
      queries: [
        {
          expr: `${sumRate(`pg_stat_database_blks_hit${THIS_SERVER}`, 'datname')} / (${sumRate(`pg_stat_database_blks_hit${THIS_SERVER}`, 'datname')} + ${sumRate(`pg_stat_database_blks_read${THIS_SERVER}`, 'datname')} > 0)`,
          legend: '{{datname}}',
        },
      ],
    }),
    timeSeries({
      title: text('Temporary files', '临时文件'),
      description: text(
        'Bytes written to temporary files per second: sorts and hashes that did not fit into work_mem.',
        '每秒写入临时文件的字节数：排序或哈希超出 work_mem。',
      ),
      width: 8,
      height: 8,
      unit: 'Bps',
      min: 0,
      noValue: NO_ANSWER,
      queries: [
        { expr: sumRate(`pg_stat_database_temp_bytes${THIS_SERVER}`, 'datname'), legend: '{{datname}}' },
      ],
    }),
    timeSeries({
      title: text('Deadlocks and conflicts', '死锁与冲突'),
      description: text(
        'Transactions ended by a deadlock, and queries of a standby ended by recovery, per second.',
        '每秒因死锁而中止的事务，以及备库上因恢复而取消的查询。',
      ),
      width: 8,
      height: 8,
      unit: 'ops',
      min: 0,
      noValue: NO_ANSWER,
      queries: [
        { expr: sumRate(`pg_stat_database_deadlocks${THIS_SERVER}`), legend: text('deadlocks', '死锁') },
        { expr: sumRate(`pg_stat_database_conflicts${THIS_SERVER}`), legend: text('conflicts', '冲突') },
      ],
    }),
  ],
};

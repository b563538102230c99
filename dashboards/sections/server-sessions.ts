import type { Section } from '../panels/page.ts';
import { THIS_SERVER } from '../panels/selector.ts';
import { text } from '../panels/text.ts';
import { timeSeries } from '../panels/time-series.ts';

const NO_ANSWER = text('no answer', '无应答');
const NONE = text('none', '无');

/** Who is connected to one server and what they wait for. */
export const serverSessions: Section = {
  title: text('Sessions', '会话'),
  panels: [
    timeSeries({
      title: text('Client sessions', '客户端会话'),
      description: text(
        'Client sessions by state, and max_connections as a dashed line.',
        '各状态的客户端会话数，虚线为 max_connections。',
      ),
      width: 12,
      height: 8,
      unit: 'short',
      min: 0,
      limits: { B: 'critical' },
      noValue: NO_ANSWER,
      queries: [
        { expr: `sum by (state) (pgfleet_postgres_connections${THIS_SERVER})`, legend: '{{state}}' },
        { expr: `max by (instance) (pg_settings_max_connections${THIS_SERVER})`, legend: 'max_connections' },
      ],
    }),
    timeSeries({
      title: text('What sessions wait for', '会话在等待什么'),
      description: text(
        'Client sessions that wait, by type of wait event. Idle sessions are left out.',
        '正在等待的客户端会话，按等待事件类型划分，不含空闲会话。',
      ),
      width: 12,
      height: 8,
      unit: 'short',
      min: 0,
      draw: 'stacked areas',
      noValue: NONE,
      queries: [
        {
          expr: `sum by (wait_event_type) (pgfleet_postgres_sessions_waiting${THIS_SERVER})`,
          legend: '{{wait_event_type}}',
        },
      ],
    }),
    timeSeries({
      title: text('Oldest work', '最老的工作'),
      description: text(
        'Age of the oldest transaction, of the longest running query and of the longest idle transaction.',
        '最老事务、运行最久的查询、空闲最久的事务的时长。',
      ),
      width: 12,
      height: 8,
      unit: 's',
      min: 0,
      noValue: NONE,
      queries: [
        {
          expr: `max(pgfleet_postgres_oldest_transaction_seconds${THIS_SERVER})`,
          legend: text('transaction', '事务'),
        },
        {
          expr: `max(pgfleet_postgres_oldest_active_query_seconds${THIS_SERVER})`,
          legend: text('query', '查询'),
        },
        {
          expr: `max(pgfleet_postgres_oldest_idle_in_transaction_seconds${THIS_SERVER})`,
          legend: text('idle in transaction', '事务中空闲'),
        },
      ],
    }),
    timeSeries({
      title: text('Lock queues', '锁队列'),
      description: text(
        'Sessions that wait for a lock of another one, and how long the longest has waited.',
        '等待其他会话的锁的会话数，以及其中最长的等待时间。',
      ),
      width: 12,
      height: 8,
      unit: 'short',
      min: 0,
      noValue: NONE,
      queries: [
        {
          expr: `sum by (datname) (pgfleet_postgres_blocked_sessions${THIS_SERVER})`,
          legend: text('{{datname}}: blocked', '{{datname}}：被阻塞'),
        },
        {
          expr: `max by (datname) (pgfleet_postgres_blocked_longest_seconds${THIS_SERVER})`,
          legend: text('{{datname}}: longest wait in seconds', '{{datname}}：最长等待秒数'),
        },
      ],
    }),
  ],
};

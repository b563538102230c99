/**
 * Source: pg_stat_replication_slots,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-SLOTS-VIEW
 * Shape:  one row per logical slot
 * Units:  transactions; bytes
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: there are no logical slots; PostgreSQL 13 and earlier
 */
import { counter } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['slot_name'] as const;
const metrics = {
  spill_txns: counter(
    'pgfleet_postgres_slot_spilled_transactions_total',
    'Transactions spilled to disk because decoding them took more than logical_decoding_work_mem.',
    LABELS,
  ),
  spill_bytes: counter(
    'pgfleet_postgres_slot_spilled_bytes_total',
    'Decoded changes spilled to disk.',
    LABELS,
  ),
  stream_txns: counter(
    'pgfleet_postgres_slot_streamed_transactions_total',
    'Transactions in progress streamed to the subscriber.',
    LABELS,
  ),
  stream_bytes: counter(
    'pgfleet_postgres_slot_streamed_bytes_total',
    'Decoded changes of transactions in progress streamed to the subscriber.',
    LABELS,
  ),
  total_txns: counter(
    'pgfleet_postgres_slot_decoded_transactions_total',
    'Decoded transactions sent to the subscriber.',
    LABELS,
  ),
  total_bytes: counter(
    'pgfleet_postgres_slot_decoded_bytes_total',
    'Decoded changes sent to the subscriber.',
    LABELS,
  ),
};

export const collector = {
  name: 'slot_decoding',
  help: 'How much logical slots decode, and what of it spills to disk.',
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    {
      minVersion: 140_000,
      sql: `select slot_name, spill_txns, spill_bytes, stream_txns, stream_bytes, total_txns, total_bytes
from pg_stat_replication_slots`,
    },
  ],
  samples: (rows) => columnSamples(rows, metrics, LABELS),
} satisfies PostgresCollector;

import { gauge, type Metric, type MetricFamily, type Sample } from '../../lib/metric.ts';

/**
 * The names and labels that postgres_exporter had before 0.20, for dashboards and alerts of that time.
 * Families that carried a label `server` get it again; those that were renamed appear under both names.
 */

const SERVER_LABELLED =
  /^pg_(stat_activity_(count|max_tx_duration)|stat_archiver_|stat_replication_pg_|replication_slots_(active|pg_)|settings_)/;
const RENAMED =
  /^pg_replication_slots_(slot_current_wal_lsn|slot_confirmed_flush_lsn|slot_is_active|safe_wal_size_bytes|wal_status)$/;

const collectorSuccess = gauge('pg_scrape_collector_success', 'Whether a collector succeeded.', [
  'collector',
]);
const collectorDuration = gauge('pg_scrape_collector_duration_seconds', 'Duration of a collector scrape.', [
  'collector',
]);
const SELF: Readonly<Record<string, Metric<'collector'>>> = {
  pgfleet_collector_success: collectorSuccess,
  pgfleet_collector_duration_seconds: collectorDuration,
};

/** Families that only the option brings. */
export const LEGACY_METRICS = [collectorSuccess, collectorDuration] as const;

/** The same samples, with what the option `legacy_names` adds. `server` is host:port. */
export function* withLegacyNames(samples: Iterable<Sample>, server: string): Generator<Sample> {
  const families = new Map<string, MetricFamily>();
  const legacy = (family: MetricFamily, make: () => MetricFamily): MetricFamily => {
    let made = families.get(family.name);
    if (made === undefined) {
      made = make();
      families.set(family.name, made);
    }
    return made;
  };
  for (const sample of samples) {
    const { family, labels, value } = sample;
    if (SERVER_LABELLED.test(family.name)) {
      const labelled = legacy(family, () => ({ ...family, labels: [...family.labels, 'server'] }));
      yield { family: labelled, labels: { ...labels, server }, value };
      continue;
    }
    yield sample;
    if (RENAMED.test(family.name)) {
      const name = family.name.replace('pg_replication_slots_', 'pg_replication_slot_');
      yield { family: legacy(family, () => ({ ...family, name })), labels, value };
    }
    const self = SELF[family.name];
    if (self !== undefined) yield self({ collector: labels['collector'] ?? '' }, value);
  }
}

import { readAll, record } from './json-fields.ts';
import {
  ataTestLogSchema,
  errorLogSchema,
  nvmeTestSchema,
  recoverySchema,
  type SmartctlDocument,
  scsiCounterSchema,
  scsiTestSchema,
} from './smartctl-json-schema.ts';
import { celsiusOf, countOf, decimal } from './smartctl-number.ts';
import type {
  NvmeHealth,
  ScsiErrorCounters,
  ScsiHealth,
  ScsiOperation,
  SelfTestLog,
} from './smartctl-report.ts';

export function errorLogsOf(found: SmartctlDocument): Map<string, number> {
  const logs = new Map<string, number>();
  for (const [kind, log] of Object.entries(found.ata_smart_error_log)) {
    const count = countOf(errorLogSchema.safeParse(log).data?.count);
    if (count !== undefined) logs.set(kind, count);
  }
  return logs;
}

export function selfTestLogsOf(found: SmartctlDocument, document: unknown): Map<string, SelfTestLog> {
  const logs = new Map<string, SelfTestLog>();
  for (const [kind, log] of Object.entries(found.ata_smart_self_test_log)) {
    const { data } = ataTestLogSchema.safeParse(log);
    const count = countOf(data?.count);
    if (count === undefined) continue;
    const errorCount = data?.error_count_total ?? (count === 0 ? 0 : undefined);
    if (errorCount !== undefined) logs.set(kind, { count, errorCount });
  }
  const scsi = scsiTests(document);
  // 3 to 7 are failures of the device; 1, 2 aborts, 15 still runs.
  if (scsi.length > 0)
    logs.set('scsi', tally(scsi.map(({ result }) => result.value >= 3 && result.value <= 7)));
  if (found.nvme_self_test_log !== undefined) {
    const nvme = readAll(found.nvme_self_test_log.table, nvmeTestSchema);
    // 5 fatal, 6 and 7 failed segments; the rest passed or was aborted.
    logs.set('nvme', tally(nvme.map(({ self_test_result: { value } }) => value >= 5 && value <= 7)));
  }
  return logs;
}

function scsiTests(document: unknown) {
  const keys = Object.entries(record.parse(document)).filter(([key]) => /^scsi_self_test_\d{1,2}$/.test(key));
  return readAll(
    keys.map(([, test]) => test),
    scsiTestSchema,
  );
}

function tally(failed: readonly boolean[]): SelfTestLog {
  return { count: failed.length, errorCount: failed.filter(Boolean).length };
}

export function errorRecoveryOf(found: SmartctlDocument): Map<'read' | 'write', number> {
  const seconds = new Map<'read' | 'write', number>();
  for (const operation of ['read', 'write'] as const) {
    const { data } = recoverySchema.safeParse(found.ata_sct_erc[operation]);
    if (data !== undefined && data.enabled !== false) seconds.set(operation, data.deciseconds / 10);
  }
  return seconds;
}

export function nvmeOf({ nvme_smart_health_information_log: log }: SmartctlDocument): NvmeHealth | undefined {
  if (log === undefined) return undefined;
  const sensors = log.temperature_sensors.map((value, at) => ({
    sensor: at + 1,
    celsius: typeof value === 'number' ? celsiusOf(value) : undefined,
  }));
  return {
    criticalWarning: countOf(log.critical_warning),
    availableSpare: countOf(log.available_spare),
    availableSpareThreshold: countOf(log.available_spare_threshold),
    percentageUsed: countOf(log.percentage_used),
    dataUnitsRead: countOf(log.data_units_read),
    dataUnitsWritten: countOf(log.data_units_written),
    unsafeShutdowns: countOf(log.unsafe_shutdowns),
    mediaErrors: countOf(log.media_errors),
    errorLogEntries: countOf(log.num_err_log_entries),
    warningTemperatureMinutes: countOf(log.warning_temp_time),
    criticalTemperatureMinutes: countOf(log.critical_comp_time),
    sensors: sensors.flatMap(({ sensor, celsius }) => (celsius === undefined ? [] : [{ sensor, celsius }])),
  };
}

export function scsiOf(found: SmartctlDocument): ScsiHealth | undefined {
  const counters = new Map<ScsiOperation, ScsiErrorCounters>();
  for (const operation of ['read', 'write', 'verify'] as const) {
    const { data } = scsiCounterSchema.safeParse(found.scsi_error_counter_log?.[operation]);
    if (data === undefined) continue;
    counters.set(operation, {
      correctedByEccFast: countOf(data.errors_corrected_by_eccfast),
      correctedByEccDelayed: countOf(data.errors_corrected_by_eccdelayed),
      correctedByRereadsRewrites: countOf(data.errors_corrected_by_rereads_rewrites),
      totalCorrected: countOf(data.total_errors_corrected),
      correctionInvocations: countOf(data.correction_algorithm_invocations),
      gigabytesProcessed: decimal(String(data.gigabytes_processed)),
      uncorrected: countOf(data.total_uncorrected_errors),
    });
  }
  const grownDefects = countOf(found.scsi_grown_defect_list);
  const pendingDefects = countOf(found.scsi_pending_defects?.count);
  if (counters.size === 0 && grownDefects === undefined && pendingDefects === undefined) return undefined;
  // The non-medium errors are in the text only.
  return { grownDefects, nonMediumErrors: undefined, pendingDefects, counters };
}

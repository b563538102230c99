import { z } from 'zod';
import { flag, list, maybe, number, record, text } from './json-fields.ts';

/**
 * The fields of `smartctl --json` that we use, each read for itself: documents of 7.0 to 7.5 differ,
 * and one damaged field must not cost the others.
 */

const named = maybe(z.object({ string: text, name: text, value: number }));
export const attributeSchema = z.object({
  id: z.number().int().min(1).max(255),
  name: z.string(),
  value: number,
  worst: number,
  thresh: number,
  when_failed: text,
  flags: maybe(z.object({ string: text })),
  raw: maybe(z.object({ value: number, string: text })),
});

export const statisticSchema = z.object({
  name: z.string(),
  value: z.number(),
  size: number,
  flags: maybe(z.object({ string: text, valid: flag })),
});

const speedSchema = maybe(z.object({ units_per_second: number, bits_per_unit: number, string: text }));
const percentSchema = maybe(z.object({ current_percent: number }));

export const documentSchema = z.object({
  json_format_version: list,
  smartctl: maybe(
    z.object({
      version: list,
      svn_revision: text,
      build_info: text,
      exit_status: number,
      messages: list,
    }),
  ),
  device: maybe(z.object({ name: text, info_name: text, type: text, protocol: text })),
  model_family: text,
  model_name: text,
  scsi_model_name: text,
  serial_number: text,
  firmware_version: text,
  wwn: maybe(z.object({ naa: z.number(), oui: z.number(), id: z.number() })),
  logical_unit_id: text,
  ata_additional_product_id: text,
  ata_version: named,
  sata_version: named,
  form_factor: named,
  vendor: text,
  product: text,
  revision: text,
  scsi_vendor: text,
  scsi_product: text,
  scsi_revision: text,
  scsi_version: text,
  user_capacity: maybe(z.object({ bytes: number })),
  nvme_total_capacity: number,
  nvme_namespaces: list,
  logical_block_size: number,
  physical_block_size: number,
  interface_speed: maybe(z.object({ max: speedSchema, current: speedSchema })),
  rotation_rate: number,
  smart_support: maybe(
    z.union([
      z.boolean().transform((available) => ({ available, enabled: undefined })),
      z.object({ available: flag, enabled: flag }),
    ]),
  ),
  smart_status: maybe(z.object({ passed: flag })),
  power_mode: named,
  power_on_time: maybe(z.object({ hours: number, minutes: number })),
  power_cycle_count: number,
  temperature: record,
  ata_smart_attributes: maybe(z.object({ table: list })),
  ata_device_statistics: maybe(z.object({ pages: list })),
  sata_phy_event_counters: maybe(z.object({ table: list })),
  ata_smart_error_log: record,
  ata_smart_self_test_log: record,
  ata_sct_status: maybe(
    z.object({ device_state: maybe(z.union([z.number(), z.object({ value: z.number() })])) }),
  ),
  ata_sct_erc: record,
  endurance_used: percentSchema,
  scsi_percentage_used_endurance_indicator: number,
  nvme_smart_health_information_log: maybe(
    z.object({
      critical_warning: number,
      available_spare: number,
      available_spare_threshold: number,
      percentage_used: number,
      data_units_read: number,
      data_units_written: number,
      power_cycles: number,
      power_on_hours: number,
      unsafe_shutdowns: number,
      media_errors: number,
      num_err_log_entries: number,
      warning_temp_time: number,
      critical_comp_time: number,
      temperature: number,
      temperature_sensors: list,
    }),
  ),
  nvme_self_test_log: maybe(z.object({ table: list })),
  scsi_grown_defect_list: number,
  scsi_error_counter_log: maybe(z.record(z.string(), z.unknown())),
  scsi_pending_defects: maybe(z.object({ count: number })),
  scsi_start_stop_cycle_counter: maybe(
    z.object({
      accumulated_start_stop_cycles: number,
      year_of_manufacture: maybe(z.union([z.string(), z.number()])),
      week_of_manufacture: maybe(z.union([z.string(), z.number()])),
    }),
  ),
});

export const messageSchema = z.object({ string: z.string(), severity: z.string() });

export const pageSchema = z.object({ name: z.string(), table: list });

export const ataTestLogSchema = z.object({ count: z.number(), error_count_total: number });
export const scsiTestSchema = z.object({ result: z.object({ value: z.number() }) });
export const nvmeTestSchema = z.object({ self_test_result: z.object({ value: z.number() }) });

export const scsiCounterSchema = z.object({
  errors_corrected_by_eccfast: number,
  errors_corrected_by_eccdelayed: number,
  errors_corrected_by_rereads_rewrites: number,
  total_errors_corrected: number,
  correction_algorithm_invocations: number,
  gigabytes_processed: maybe(z.union([z.string(), z.number()])),
  total_uncorrected_errors: number,
});

export const namespaceSchema = z.object({
  formatted_lba_size: number,
  capacity: maybe(z.object({ bytes: number })),
});

export const errorLogSchema = z.object({ count: z.number() });

export const recoverySchema = z.object({ enabled: flag, deciseconds: z.number() });

export type SmartctlDocument = z.infer<typeof documentSchema>;

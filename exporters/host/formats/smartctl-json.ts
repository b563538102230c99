import { readAll } from './json-fields.ts';
import { errorLogsOf, errorRecoveryOf, nvmeOf, scsiOf, selfTestLogsOf } from './smartctl-json-logs.ts';
import {
  attributeSchema,
  documentSchema,
  messageSchema,
  namespaceSchema,
  pageSchema,
  type SmartctlDocument,
  statisticSchema,
} from './smartctl-json-schema.ts';
import { countOf } from './smartctl-number.ts';
import {
  type DeviceStatistic,
  NO_FINDINGS,
  PHY_EVENTS,
  type SmartAttribute,
  type SmartFindings,
  type SmartIdentity,
  type SmartProtocol,
} from './smartctl-report.ts';

/** Reads a document of `smartctl --json`; undefined when it is not one. Never throws. */
export function readSmartctlJson(document: unknown): SmartFindings | undefined {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return undefined;
  const found = parsed.data;
  if (!KEYS_OF_SMARTCTL.some((key) => found[key] !== undefined)) return undefined;
  return {
    ...NO_FINDINGS,
    smartctl: buildOf(found),
    exitStatus: found.smartctl?.exit_status,
    standby: isStandby(found),
    problem: firstError(found),
    device: {
      name: found.device?.name,
      infoName: found.device?.info_name,
      type: found.device?.type,
      protocol: protocolOf(found.device?.protocol),
    },
    identity: identityOf(found),
    ...sizesOf(found),
    rotationRate: countOf(found.rotation_rate),
    smartAvailable: found.smart_support?.available,
    smartEnabled: found.smart_support?.enabled,
    healthPassed: found.smart_status?.passed,
    powerOnSeconds: powerOnOf(found),
    powerCycles: countOf(
      found.power_cycle_count ??
        found.nvme_smart_health_information_log?.power_cycles ??
        found.scsi_start_stop_cycle_counter?.accumulated_start_stop_cycles,
    ),
    manufactured: manufacturedOf(found),
    temperatures: temperaturesOf(found),
    attributes: attributesOf(found),
    statistics: [...statisticsOf(found), ...phyEventsOf(found)],
    errorLogs: errorLogsOf(found),
    selfTestLogs: selfTestLogsOf(found, document),
    errorRecoverySeconds: errorRecoveryOf(found),
    sctState: sctStateOf(found),
    enduranceUsedPercent: countOf(
      found.endurance_used?.current_percent ?? found.scsi_percentage_used_endurance_indicator,
    ),
    nvme: nvmeOf(found),
    scsi: scsiOf(found),
  };
}

const KEYS_OF_SMARTCTL = [
  'smartctl',
  'device',
  'smart_status',
  'model_name',
  'scsi_model_name',
  'serial_number',
] as const;

function buildOf({ smartctl, json_format_version }: SmartctlDocument): SmartFindings['smartctl'] {
  return {
    version: dotted(smartctl?.version ?? []),
    jsonFormatVersion: dotted(json_format_version),
    svnRevision: smartctl?.svn_revision,
    buildInfo: smartctl?.build_info,
  };
}

function dotted(parts: readonly unknown[]): string | undefined {
  const known = parts.filter((part) => typeof part === 'number');
  return known.length > 0 ? known.slice(0, 2).join('.') : undefined;
}

function messagesOf(found: SmartctlDocument) {
  return readAll(found.smartctl?.messages ?? [], messageSchema);
}

function firstError(found: SmartctlDocument): string | undefined {
  return messagesOf(found)
    .find(({ severity }) => severity === 'error')
    ?.string.trim();
}

function isStandby(found: SmartctlDocument): boolean {
  const said = messagesOf(found).some(({ string }) => /^Device is in \S.* mode/.test(string));
  return said && found.smart_status === undefined;
}

function protocolOf(said: string | undefined): SmartProtocol | undefined {
  return (['ATA', 'SCSI', 'NVMe'] as const).find((protocol) => protocol === said);
}

function identityOf(found: SmartctlDocument): SmartIdentity {
  const vendor = found.scsi_vendor ?? found.vendor;
  const product = found.scsi_product ?? found.product;
  const revision = found.scsi_revision ?? found.revision;
  return {
    modelFamily: found.model_family,
    modelName: found.model_name ?? found.scsi_model_name,
    serialNumber: found.serial_number,
    firmwareVersion: found.firmware_version ?? revision,
    wwn: wwnOf(found),
    ataAdditionalProductId: found.ata_additional_product_id,
    ataVersion: found.ata_version?.string,
    sataVersion: found.sata_version?.string,
    formFactor: found.form_factor?.name,
    scsiVendor: vendor,
    scsiProduct: product,
    scsiRevision: revision,
    scsiVersion: found.scsi_version,
  };
}

function wwnOf({ wwn, logical_unit_id: unit }: SmartctlDocument): string | undefined {
  if (wwn !== undefined) {
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    return `${hex(wwn.naa, 1)}${hex(wwn.oui, 6)}${hex(wwn.id, 9)}`;
  }
  return unit?.replace(/^0x/i, '').toLowerCase();
}

function sizesOf(found: SmartctlDocument) {
  const namespaces = readAll(found.nvme_namespaces, namespaceSchema);
  const only = namespaces.length === 1 ? namespaces[0] : undefined;
  const speed = (side: SmartctlDocument['interface_speed'], which: 'max' | 'current') => {
    const { units_per_second: units, bits_per_unit: bits, string = '' } = side?.[which] ?? {};
    if (units !== undefined && bits !== undefined) return positive(units * bits);
    const gigabits = /^(\d{1,2}\.\d) Gb\/s$/.exec(string)?.[1];
    return gigabits === undefined ? undefined : positive(Math.round(Number(gigabits) * 10) * 1e8);
  };
  return {
    capacityBytes: positive(found.user_capacity?.bytes ?? only?.capacity?.bytes),
    nvmeCapacityBytes: positive(found.nvme_total_capacity),
    logicalBlockSize: positive(found.logical_block_size ?? only?.formatted_lba_size),
    physicalBlockSize: positive(found.physical_block_size),
    interfaceSpeed: {
      max: speed(found.interface_speed, 'max'),
      current: speed(found.interface_speed, 'current'),
    },
  };
}

function powerOnOf(found: SmartctlDocument): number | undefined {
  const { hours, minutes = 0 } = found.power_on_time ?? {};
  const known = countOf(hours ?? found.nvme_smart_health_information_log?.power_on_hours);
  return known === undefined ? undefined : known * 3600 + minutes * 60;
}

function manufacturedOf({
  scsi_start_stop_cycle_counter: counter,
}: SmartctlDocument): SmartFindings['manufactured'] {
  const year = Number(counter?.year_of_manufacture);
  const week = Number(counter?.week_of_manufacture);
  return Number.isInteger(year) && Number.isInteger(week) ? { year, week } : undefined;
}

function temperaturesOf(found: SmartctlDocument): Map<string, number> {
  const temperatures = new Map<string, number>();
  for (const [kind, value] of Object.entries(found.temperature)) {
    if (typeof value === 'number' && /^[a-z_]{1,40}$/.test(kind)) temperatures.set(kind, value);
  }
  const nvme = found.nvme_smart_health_information_log?.temperature;
  if (nvme !== undefined && !temperatures.has('current')) temperatures.set('current', nvme);
  return temperatures;
}

function attributesOf(found: SmartctlDocument): SmartAttribute[] {
  return readAll(found.ata_smart_attributes?.table ?? [], attributeSchema).map((row) => ({
    id: row.id,
    name: row.name.trim(),
    flags: row.flags?.string ?? '',
    value: row.value,
    worst: row.worst,
    threshold: row.thresh,
    whenFailed: row.when_failed === 'now' || row.when_failed === 'past' ? row.when_failed : undefined,
    rawString: row.raw?.string ?? String(row.raw?.value ?? ''),
    raw: row.raw?.value,
  }));
}

function* statisticsOf(found: SmartctlDocument): Generator<DeviceStatistic> {
  for (const page of readAll(found.ata_device_statistics?.pages ?? [], pageSchema)) {
    for (const { name, value, size, flags } of readAll(page.table, statisticSchema)) {
      if (flags?.valid === false || value === 2 ** (8 * (size ?? 0)) - 1) continue;
      yield { page: page.name.trim(), name: name.trim(), flags: flags?.string ?? '', value };
    }
  }
}

function* phyEventsOf(found: SmartctlDocument): Generator<DeviceStatistic> {
  for (const { name, value } of readAll(found.sata_phy_event_counters?.table ?? [], statisticSchema)) {
    yield { page: PHY_EVENTS, name: name.trim(), flags: 'V---', value };
  }
}

function sctStateOf(found: SmartctlDocument): number | undefined {
  const state = found.ata_sct_status?.device_state;
  return typeof state === 'number' ? state : state?.value;
}

function positive(value: number | undefined): number | undefined {
  return countOf(value) || undefined;
}

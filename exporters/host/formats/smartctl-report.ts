/**
 * What one run of smartctl says about one device, whatever its version printed it in. Nothing here is
 * guessed: what the output does not say, or says with a value known to mean "unknown", is undefined.
 */
export interface SmartReport {
  /** Who printed it; undefined where the version line was lost. */
  readonly smartctl: SmartctlBuild;
  /** The bit mask smartctl ended with: from the document, or as the caller saw it. */
  readonly exitStatus: number | undefined;
  /**
   * - read: something about the device is known
   * - standby: not asked, because asking would have spun it up
   * - failed: the device could not be opened or did not answer; `problem` says why
   */
  readonly condition: 'read' | 'standby' | 'failed';
  /** The first error smartctl printed, where nothing could be read. */
  readonly problem: string | undefined;
  readonly device: SmartDevice;
  readonly identity: SmartIdentity;
  readonly capacityBytes: number | undefined;
  /** All of an NVMe device, its namespaces and what is not allocated. */
  readonly nvmeCapacityBytes: number | undefined;
  readonly logicalBlockSize: number | undefined;
  readonly physicalBlockSize: number | undefined;
  /** Bits per second. */
  readonly interfaceSpeed: { readonly max: number | undefined; readonly current: number | undefined };
  /** Revolutions per minute; 0 is a solid state device, undefined is not known. */
  readonly rotationRate: number | undefined;
  readonly smartAvailable: boolean | undefined;
  readonly smartEnabled: boolean | undefined;
  /** The device's own verdict. */
  readonly healthPassed: boolean | undefined;
  readonly powerOnSeconds: number | undefined;
  readonly powerCycles: number | undefined;
  readonly manufactured: { readonly year: number; readonly week: number } | undefined;
  /** Degrees Celsius by the keys of smartctl's JSON: current, drive_trip, lifetime_max, op_limit_max ... */
  readonly temperatures: ReadonlyMap<string, number>;
  readonly attributes: readonly SmartAttribute[];
  readonly statistics: readonly DeviceStatistic[];
  /** Entries ever logged, by the keys of smartctl's JSON: summary, extended. */
  readonly errorLogs: ReadonlyMap<string, number>;
  /** By the keys of smartctl's JSON (standard, extended); scsi and nvme are ours. */
  readonly selfTestLogs: ReadonlyMap<string, SelfTestLog>;
  /** Seconds a read or write may take to recover from an error, where the device limits it. */
  readonly errorRecoverySeconds: ReadonlyMap<'read' | 'write', number>;
  /** 0 active, 1 standby, 2 sleep, 3 self-test, 4 offline collection, 5 SCT command in background. */
  readonly sctState: number | undefined;
  /** Share of the rated write endurance used up, in percent; may pass 100. */
  readonly enduranceUsedPercent: number | undefined;
  readonly nvme: NvmeHealth | undefined;
  readonly scsi: ScsiHealth | undefined;
}

export interface SmartctlBuild {
  /** "7.3", "5.43". */
  readonly version: string | undefined;
  readonly jsonFormatVersion: string | undefined;
  readonly svnRevision: string | undefined;
  readonly buildInfo: string | undefined;
}

export type SmartProtocol = 'ATA' | 'SCSI' | 'NVMe';

export interface SmartDevice {
  /** "/dev/sda", "/dev/bus/0"; text output does not name it. */
  readonly name: string | undefined;
  /** What -d says: "sat", "scsi", "nvme", "megaraid,3", "sat+megaraid,3". */
  readonly type: string | undefined;
  /** "/dev/sda [megaraid_disk_00] [SAT]". */
  readonly infoName: string | undefined;
  readonly protocol: SmartProtocol | undefined;
}

export interface SmartIdentity {
  readonly modelFamily: string | undefined;
  /** Vendor and product of a SCSI device. */
  readonly modelName: string | undefined;
  readonly serialNumber: string | undefined;
  /** Revision of a SCSI device. */
  readonly firmwareVersion: string | undefined;
  /** World wide name or logical unit id as hexadecimal digits, for comparing. */
  readonly wwn: string | undefined;
  readonly ataAdditionalProductId: string | undefined;
  readonly ataVersion: string | undefined;
  readonly sataVersion: string | undefined;
  readonly formFactor: string | undefined;
  readonly scsiVendor: string | undefined;
  readonly scsiProduct: string | undefined;
  readonly scsiRevision: string | undefined;
  readonly scsiVersion: string | undefined;
}

export interface SmartAttribute {
  readonly id: number;
  /** Of the tool's drive database: old ones say Unknown_Attribute, so meaning goes by id. */
  readonly name: string;
  /** "PO--CK"; one letter per set flag. */
  readonly flags: string;
  readonly value: number | undefined;
  readonly worst: number | undefined;
  readonly threshold: number | undefined;
  readonly whenFailed: 'now' | 'past' | undefined;
  /** As printed: "36 (Min/Max 34/38)". */
  readonly rawString: string;
  /** The 48 or 56 bits as one number, where the output gives all of them. */
  readonly raw: number | undefined;
}

export interface DeviceStatistic {
  /** "General Statistics"; "SATA PHY Event Counters" for the counters of the interface. */
  readonly page: string;
  readonly name: string;
  /** "V---": valid, normalized, supports DSN, monitored condition met. */
  readonly flags: string;
  readonly value: number;
}

/** The page name smartctl_exporter gives the counters of the SATA interface. */
export const PHY_EVENTS = 'SATA PHY Event Counters';

export interface SelfTestLog {
  readonly count: number;
  /** Tests that ended with a failure of the device. */
  readonly errorCount: number;
}

export interface NvmeHealth {
  /** Bit mask. */
  readonly criticalWarning: number | undefined;
  readonly availableSpare: number | undefined;
  readonly availableSpareThreshold: number | undefined;
  readonly percentageUsed: number | undefined;
  /** Thousands of 512 bytes. */
  readonly dataUnitsRead: number | undefined;
  readonly dataUnitsWritten: number | undefined;
  readonly unsafeShutdowns: number | undefined;
  readonly mediaErrors: number | undefined;
  readonly errorLogEntries: number | undefined;
  /** Minutes above the warning and critical temperature. */
  readonly warningTemperatureMinutes: number | undefined;
  readonly criticalTemperatureMinutes: number | undefined;
  readonly sensors: readonly { readonly sensor: number; readonly celsius: number }[];
}

export type ScsiOperation = 'read' | 'write' | 'verify';

export interface ScsiHealth {
  readonly grownDefects: number | undefined;
  readonly nonMediumErrors: number | undefined;
  readonly pendingDefects: number | undefined;
  readonly counters: ReadonlyMap<ScsiOperation, ScsiErrorCounters>;
}

export interface ScsiErrorCounters {
  readonly correctedByEccFast: number | undefined;
  readonly correctedByEccDelayed: number | undefined;
  readonly correctedByRereadsRewrites: number | undefined;
  readonly totalCorrected: number | undefined;
  readonly correctionInvocations: number | undefined;
  readonly gigabytesProcessed: number | undefined;
  readonly uncorrected: number | undefined;
}

/** What the parsers of one format find, before the rules that hold for all of them (see smartctl.ts). */
export type SmartFindings = Omit<SmartReport, 'condition'> & { readonly standby: boolean };

export const NO_FINDINGS: SmartFindings = {
  smartctl: {
    version: undefined,
    jsonFormatVersion: undefined,
    svnRevision: undefined,
    buildInfo: undefined,
  },
  exitStatus: undefined,
  standby: false,
  problem: undefined,
  device: { name: undefined, type: undefined, infoName: undefined, protocol: undefined },
  identity: {
    modelFamily: undefined,
    modelName: undefined,
    serialNumber: undefined,
    firmwareVersion: undefined,
    wwn: undefined,
    ataAdditionalProductId: undefined,
    ataVersion: undefined,
    sataVersion: undefined,
    formFactor: undefined,
    scsiVendor: undefined,
    scsiProduct: undefined,
    scsiRevision: undefined,
    scsiVersion: undefined,
  },
  capacityBytes: undefined,
  nvmeCapacityBytes: undefined,
  logicalBlockSize: undefined,
  physicalBlockSize: undefined,
  interfaceSpeed: { max: undefined, current: undefined },
  rotationRate: undefined,
  smartAvailable: undefined,
  smartEnabled: undefined,
  healthPassed: undefined,
  powerOnSeconds: undefined,
  powerCycles: undefined,
  manufactured: undefined,
  temperatures: new Map(),
  attributes: [],
  statistics: [],
  errorLogs: new Map(),
  selfTestLogs: new Map(),
  errorRecoverySeconds: new Map(),
  sctState: undefined,
  enduranceUsedPercent: undefined,
  nvme: undefined,
  scsi: undefined,
};

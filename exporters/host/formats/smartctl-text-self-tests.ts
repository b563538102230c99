import type { SelfTestLog } from './smartctl-report.ts';

type LogKind = 'standard' | 'extended' | 'scsi' | 'nvme';

const HEADERS: readonly (readonly [RegExp, LogKind])[] = [
  [/^SMART Self-test log structure revision/i, 'standard'],
  [/^SMART Extended Self-test Log Version/i, 'extended'],
  [/^SMART Self-test log$/i, 'scsi'],
  [/^Self-test Log \(NVMe Log 0x06/i, 'nvme'],
];

const ROWS: Readonly<Record<LogKind, RegExp>> = {
  standard: /^# ?\d{1,2} {2}(?<status>\S.*)$/,
  extended: /^# ?\d{1,2} {2}(?<status>\S.*)$/,
  scsi: /^# ?\d{1,2} {2}(?<status>\S.*)$/,
  nvme: /^ ?\d{1,2} {3}(?<status>\S.*)$/,
};

/** Words for a failure of the device; aborted, interrupted and running tests are none. */
const FAILURE = /failure|failed|fatal|unknown error|handling damage/i;

/** The self-test logs of all kinds of devices; a log of which no entry can be seen is left out. */
export function selfTestLogs(lines: readonly string[]): Map<string, SelfTestLog> {
  const logs = new Map<string, SelfTestLog>();
  let open: LogKind | undefined;
  for (const line of lines) {
    const header = HEADERS.find(([pattern]) => pattern.test(line))?.[1];
    if (header !== undefined) open = header;
    else if (/^(?:===|SMART )/.test(line)) open = undefined;
    if (open === undefined) continue;
    if (/^No self-tests (?:have been )?logged/i.test(line)) {
      logs.set(open, { count: 0, errorCount: 0 });
      continue;
    }
    const status = ROWS[open].exec(line)?.groups?.['status'];
    if (status === undefined) continue;
    const { count, errorCount } = logs.get(open) ?? { count: 0, errorCount: 0 };
    logs.set(open, { count: count + 1, errorCount: errorCount + (FAILURE.test(status) ? 1 : 0) });
  }
  return logs;
}

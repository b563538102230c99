import {
  type Drive,
  defined,
  mergeReports,
  type RaidController,
  type RaidReport,
  type Task,
  type Volume,
  type VolumeState,
} from './raid.ts';
import {
  bytesOf,
  countOf,
  driveModelOf,
  Fields,
  levelOf,
  linesOf,
  pairOf,
  progressOf,
  protocolOf,
  textOf,
  wordOf,
} from './tool-text.ts';

/** Marvell mvcli (Dell BOSS cards), `info -o hba|vd|pd`: blocks of pairs, each begun by its first key. */
export function parseMvcli(text: string): RaidReport {
  const blocks: { kind: 'hba' | 'vd' | 'pd'; fields: Fields }[] = [];
  const errors: string[] = [];
  let inDrives = false;
  for (const line of linesOf(text)) {
    if (/^(?:error|no adapter|.*\bfailed\b)/i.test(line)) errors.push(line.trim());
    if (/^(?:Physical|Virtual) Disk Information/i.test(line)) inDrives = /^Physical/i.test(line);
    const pair = pairOf(line);
    if (pair === undefined || /^Total # of/i.test(pair.key)) continue;
    if (/^Adapter ID$/i.test(pair.key)) blocks.push({ kind: 'hba', fields: new Fields() });
    else if (/^Adapter$/i.test(pair.key) && inDrives) blocks.push({ kind: 'pd', fields: new Fields() });
    else if (/^id$/i.test(pair.key)) blocks.push({ kind: 'vd', fields: new Fields() });
    blocks.at(-1)?.fields.add(pair.key, pair.value);
  }
  const controllers = new Map<string, RaidController>();
  for (const { kind, fields } of blocks) {
    const id = String(countOf(fields.get(kind === 'hba' ? 'Adapter ID' : 'Adapter')) ?? 0);
    const before = controllers.get(id) ?? { tool: 'mvcli', id, batteries: [], volumes: [], drives: [] };
    controllers.set(id, {
      ...before,
      ...(kind === 'hba' ? adapterOf(fields) : {}),
      volumes: kind === 'vd' ? [...before.volumes, ...volumeOf(fields)] : before.volumes,
      drives: kind === 'pd' ? [...before.drives, ...driveOf(fields)] : before.drives,
    });
  }
  return mergeReports([{ controllers: [...controllers.values()], errors }]);
}

function adapterOf(fields: Fields): Partial<RaidController> {
  return defined({ model: textOf(fields.get('Product')), firmware: textOf(fields.get('Firmware version')) });
}

const VOLUME_WORDS: readonly (readonly [RegExp, VolumeState])[] = [
  [/^(?:functional|optimal)/i, 'ok'],
  [/^(?:degraded|partially)/i, 'degraded'],
  [/^rebuild/i, 'rebuilding'],
  [/^(?:offline|failed|missing)/i, 'failed'],
  [/^(?:foreign|importable|deleted|not configured)/i, 'inactive'],
];

function volumeOf(fields: Fields): Volume[] {
  const id = countOf(fields.get('id'));
  if (id === undefined) return [];
  const status = textOf(fields.get('status'));
  const state = status === undefined ? undefined : (wordOf(status, VOLUME_WORDS) ?? 'other');
  const tasks = taskOf(fields.get('BGA status'), fields.get('BGA progress'));
  return [
    {
      id: String(id),
      ...defined({
        name: textOf(fields.get('name')),
        level: levelOf(fields.get('RAID mode')),
        state: state === 'degraded' && tasks.length > 0 ? 'rebuilding' : state,
        sizeBytes: kibOrMib(fields.get('size')),
        drivesExpected: countOf(fields.get('# of PDs')),
      }),
      tasks,
    },
  ];
}

/** Background activity on a mirror of two is its rebuild. */
function taskOf(status: string | undefined, progress: string | undefined): Task[] {
  return /^running/i.test(status ?? '')
    ? [{ kind: 'rebuild', progressRatio: progressOf(progress ?? '') }]
    : [];
}

/** "228872 M", "234431064 K". */
function kibOrMib(value: string | undefined): number | undefined {
  return bytesOf(value === undefined ? undefined : `${value.trim()}B`);
}

function driveOf(fields: Fields): Drive[] {
  const id = countOf(fields.get('PD ID'));
  if (id === undefined) return [];
  const type = textOf(fields.get('SSD Type'));
  return [
    defined<Drive>({
      id: String(id),
      model: driveModelOf(fields.get('model')),
      serial: textOf(fields.get('Serial')),
      firmware: textOf(fields.get('Firmware version')),
      sizeBytes: kibOrMib(fields.get('Size')),
      protocol: protocolOf(fields.get('Type')),
      medium: /^ssd/i.test(type ?? '') ? 'ssd' : undefined,
    }),
  ];
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notice } from '../../../test/support/notice.ts';
import { parseArcconf } from './arcconf.ts';
import { parseAreca } from './areca.ts';
import { parseCciss } from './cciss.ts';
import { parseMdadm } from './mdadm.ts';
import { parseMdstat } from './mdstat.ts';
import { parseMegacli } from './megacli.ts';
import { parseMvcli } from './mvcli.ts';
import type { RaidReport } from './raid.ts';
import { parseSas2ircu } from './sas2ircu.ts';
import { parseSsacli } from './ssacli.ts';
import { parseStorcli } from './storcli.ts';
import { parseTwCli } from './tw-cli.ts';

/** Recorded output of real machines; lies beside the repository on machines that have it. */
const CORPUS = new URL('../../../../shared/fixtures/raid/', import.meta.url);
const present = existsSync(CORPUS);
if (!present) notice('RAID corpus', 'no recorded files beside the repository');

const PARSERS: Readonly<Record<string, (text: string) => RaidReport>> = {
  arcconf: (text) => parseArcconf(text),
  areca: (text) => parseAreca(text),
  cciss: parseCciss,
  hpacucli: parseSsacli,
  hpssacli: parseSsacli,
  megacli: parseMegacli,
  mvcli: parseMvcli,
  perccli: parseStorcli,
  sas2ircu: parseSas2ircu,
  ssacli: parseSsacli,
  storcli: parseStorcli,
  tw_cli: (text) => parseTwCli(text),
};

const reports = present
  ? Object.entries(PARSERS).flatMap(([folder, parse]) =>
      recordings(folder).map(([name, text]) => [`${folder}/${name}`, parse(text)] as const),
    )
  : [];

function recordings(folder: string): [string, string][] {
  const url = new URL(`${folder}/`, CORPUS);
  if (!existsSync(url)) return [];
  return readdirSync(url).map((name) => [name, readFileSync(new URL(name, url), 'utf8')]);
}

describe.skipIf(!present)('recorded RAID tool output', () => {
  it.each(reports)('%s gives a report that can be true', (_name, report) => {
    expect(problemsOf(report)).toEqual([]);
  });

  it('finds in each file what it shows', () => {
    const found = reports.map(([name, { controllers }]) => {
      const counts = [controllers.length, count(controllers, 'volumes'), count(controllers, 'drives')];
      return `${name} ${counts.join(' ')}`;
    });

    // Controllers, volumes and drives, counted in the files by eye.
    expect(found).toEqual(expect.arrayContaining(EXPECTED));
  });

  it('knows every word that the recorded tools use for a state', () => {
    const unknown = reports.flatMap(([name, { controllers }]) =>
      controllers.flatMap(({ volumes, drives, batteries, state }) =>
        [...volumes, ...drives, ...batteries, { state }].some((one) => one.state === 'other') ? [name] : [],
      ),
    );

    expect(unknown).toEqual([]);
  });
});

const EXPECTED = [
  'areca/hardware-adsysinfo.txt 0 0 0',
  'areca/hardware-disks-info.txt 1 0 1',
  'areca/hardware-hw-info.txt 1 0 0',
  'areca/hardware-sysinfo.txt 1 0 0',
  'cciss/insights-proc-driver-cciss.txt 1 1 0',
  'hpacucli/hardware-ctrl-all-show.txt 1 0 0',
  'hpacucli/hardware-ctrl-ld-all-show.txt 1 7 0',
  'hpacucli/hardware-ctrl-ld-show-heads.txt 1 1 2',
  'hpacucli/hardware-ctrl-pd-all-show-unassigned.txt 1 0 8',
  'hpacucli/hardware-ctrl-pd-all-show.txt 1 0 8',
  'hpacucli/hardware-ctrl-pd-show.txt 1 0 1',
  'hpssacli/hardware-ctrl-ld-show.txt 1 1 0',
  'hpssacli/hardware-ctrl-pd-all-show.txt 1 0 4',
  'megacli/hardware-adp-all-info.txt 1 0 0',
  'megacli/hardware-adpcount.txt 0 0 0',
  'megacli/hardware-enc.txt 1 0 0',
  'megacli/hardware-ld-get-info.txt 1 1 0',
  'mvcli/ironlib-info-hba.txt 1 0 0',
  'mvcli/ironlib-info-pd.txt 1 0 2',
  'mvcli/ironlib-info-vd.txt 1 1 0',
  'ssacli/hardware-ctrl-show.txt 1 0 0',
  'storcli/ironlib-show-nocontrollers.json 0 0 0',
  'storcli/ironlib-show.json 1 0 12',
  'storcli/textfile-call-eall-sall-show-all.json 1 0 4',
  'storcli/textfile-call-show-all.json 1 1 4',
];

function count(controllers: RaidReport['controllers'], key: 'volumes' | 'drives'): number {
  return controllers.reduce((sum, controller) => sum + controller[key].length, 0);
}

/** What cannot be true of any machine. */
function problemsOf({ controllers }: RaidReport): string[] {
  const problems: string[] = [];
  for (const controller of controllers) {
    for (const list of [controller.volumes, controller.drives]) {
      if (new Set(list.map((one) => one.id)).size !== list.length) problems.push('an id twice');
    }
    for (const [path, value] of scalars(controller)) {
      if (typeof value === 'string' && value.trim() === '') problems.push(`${path} is empty`);
      if (typeof value !== 'number') continue;
      if (!Number.isFinite(value) || value < 0) problems.push(`${path} is ${value}`);
      if (path.endsWith('Ratio') && value > 1) problems.push(`${path} is ${value}`);
      if (path.endsWith('Celsius') && (value < 5 || value > 120)) problems.push(`${path} is ${value}`);
      if (path.endsWith('sizeBytes') && (value < 1e9 || value > 1e15)) problems.push(`${path} is ${value}`);
    }
  }
  return problems;
}

function scalars(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => scalars(child, `${path}.${key}`));
}

describe.skipIf(!present)('recorded /proc/mdstat', () => {
  const text = () => readFileSync(new URL('mdstat/procfs-mdstat.txt', CORPUS), 'utf8');

  it.each(present ? recordings('mdstat') : [])(
    '%s: members and blocks of every array are read',
    (_name, content) => {
      const arrays = parseMdstat(content);

      expect(arrays).toHaveLength(content.match(/^md\S* : (?:in)?active/gm)?.length ?? 0);
      for (const { blocks, members } of arrays) {
        expect(blocks).toBeGreaterThan(0);
        expect(members.length).toBeGreaterThan(0);
      }
      expect(arrays.flatMap((array) => (array.sync === undefined ? [] : [array.sync]))).toHaveLength(
        content.match(/recovery|resync|reshape|check =/g)?.length ?? 0,
      );
    },
  );

  it('counts members as the kernel does', () => {
    const counted = parseMdstat(text()).map(({ device, raidDisks, upDisks, members }) => [
      device,
      raidDisks,
      upDisks,
      members.filter((member) => member.faulty).length,
      members.filter((member) => member.spare).length,
    ]);

    expect(counted.slice(0, 9)).toEqual([
      ['md3', 8, 8, 0, 2],
      ['md127', 2, 2, 0, 0],
      ['md0', 2, 2, 0, 0],
      ['md4', 2, 2, 1, 1],
      ['md6', 2, 1, 1, 1],
      ['md8', 2, 2, 0, 2],
      ['md201', 2, 2, 0, 0],
      ['md7', 4, 3, 1, 0],
      ['md9', 4, 4, 2, 1],
    ]);
  });
});

describe.skipIf(!present)('recorded mdadm output', () => {
  const pairs = present ? recordings('mdadm').filter(([name]) => name.endsWith('.out')) : [];

  it.each(pairs)('%s: says what an independent parser says', (name, content) => {
    const expected: Record<string, unknown> = JSON.parse(
      readFileSync(new URL(`mdadm/${name.replace(/out$/, 'json')}`, CORPUS), 'utf8'),
    );
    const { details, superblocks } = parseMdadm(content);

    expect(details.length + superblocks.length).toBe(1);
    const [detail] = details;
    const [superblock] = superblocks;
    const device = detail?.device ?? superblock?.device;
    expect(device).toBe(expected['device']);
    const personality = detail?.personality ?? superblock?.personality;
    expect(personality).toBe(expected['raid_level']);
    if (superblock !== undefined) expect(superblock.arrayState).toBe(lettersOf(expected['array_state']));
    if (detail === undefined) return;
    expect(detail.raidDevices).toBe(expected['raid_devices']);
    expect(detail.totalDevices).toBe(expected['total_devices']);
    expect(detail.failedDevices).toBe(expected['failed_devices']);
    expect(detail.sizeKib).toBe(expected['array_size_num']);
    expect(detail.states).toEqual(expected['state_list'] ?? []);
    expect(detail.members.map((member) => [member.device, member.place])).toEqual(
      tableOf(expected['device_table']),
    );
  });

  it.each(present ? recordings('mdadm').filter(([name]) => name.endsWith('.txt')) : [])(
    '%s: every device with a heading is read',
    (_name, content) => {
      const { details, superblocks } = parseMdadm(content);

      expect(details.length + superblocks.length).toBe(content.match(/^\/dev\/\S+:$/gm)?.length ?? 0);
    },
  );
});

function lettersOf(text: unknown): string | undefined {
  return typeof text === 'string' ? text.split(' ')[0] : undefined;
}

function tableOf(rows: unknown): unknown[] {
  if (!Array.isArray(rows)) return [];
  return rows.map((row: Record<string, unknown>) => [
    row['device'] ?? undefined,
    row['raid_device'] ?? undefined,
  ]);
}

import type { SmartAttribute, SmartReport } from '../../exporters/host/formats/smartctl-report.ts';

/** Prints a report the way smartctl prints it for people: what old versions say of a disk we know. */

/** `smartctl -x` of 6.0 and later: flags as letters. */
export function asBriefTable(report: SmartReport): string {
  const rows = report.attributes.map(
    (row) =>
      `${head(row)} ${row.flags.padEnd(7)} ${normalized(row)} ${failed(row, 'NOW', 'Past').padEnd(4)} ${row.rawString}`,
  );
  return [
    ...introduction(report, '7.2 2020-12-30 r5155'),
    'ID# ATTRIBUTE_NAME          FLAGS    VALUE WORST THRESH FAIL RAW_VALUE',
    ...rows,
    '                            ||||||_ K auto-keep',
    '',
  ].join('\n');
}

/** `smartctl -a` of 5.1 and later: flags as a number. */
export function asOldTable(report: SmartReport): string {
  const rows = report.attributes.map((row) => {
    const kind = row.flags.startsWith('P') ? 'Pre-fail' : 'Old_age ';
    const updated = row.flags[1] === 'O' ? 'Always ' : 'Offline';
    return `${head(row)} ${flagWord(row.flags)}   ${normalized(row)} ${kind}  ${updated}  ${failed(row, 'FAILING_NOW', 'In_the_past').padEnd(11)} ${row.rawString}`;
  });
  return [
    ...introduction(report, 'version 5.38'),
    'ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE',
    ...rows,
    '',
  ].join('\n');
}

function introduction({ identity, rotationRate }: SmartReport, version: string): string[] {
  const rate = rotationRate === 0 ? 'Solid State Device' : `${rotationRate} rpm`;
  return [
    `smartctl ${version} [x86_64-linux] (local build)`,
    '',
    '=== START OF INFORMATION SECTION ===',
    ...(identity.modelFamily === undefined ? [] : [`Model Family:     ${identity.modelFamily}`]),
    `Device Model:     ${identity.modelName}`,
    ...(rotationRate === undefined ? [] : [`Rotation Rate:    ${rate}`]),
    '',
    '=== START OF READ SMART DATA SECTION ===',
    'Vendor Specific SMART Attributes with Thresholds:',
  ];
}

function head({ id, name }: SmartAttribute): string {
  return `${String(id).padStart(3)} ${name.padEnd(23)}`;
}

function normalized({ value, worst, threshold }: SmartAttribute): string {
  return [value, worst, threshold]
    .map((number) => (number === undefined ? '---' : String(number).padStart(3, '0')))
    .join('   ');
}

function failed({ whenFailed }: SmartAttribute, now: string, past: string): string {
  if (whenFailed === undefined) return '-';
  return whenFailed === 'now' ? now : past;
}

function flagWord(letters: string): string {
  const bits = [...'POSRCK'].reduce(
    (word, letter, bit) => (letters[bit] === letter ? word | (1 << bit) : word),
    0,
  );
  return `0x${(letters.endsWith('+') ? bits | 0x40 : bits).toString(16).padStart(4, '0')}`;
}

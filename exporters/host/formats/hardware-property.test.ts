import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fixtureTexts } from '../../../test/support/fixture-text.ts';
import { parseArcconf } from './arcconf.ts';
import { parseAreca } from './areca.ts';
import { parseCciss } from './cciss.ts';
import { parseSelEvents, parseSelInfo } from './ipmi-sel.ts';
import { parseIpmiSensors } from './ipmi-sensors.ts';
import { parseChassisStatus, parseControllerInfo, parseFru, parsePowerReading } from './ipmi-status.ts';
import { mdadmController, parseMdadm } from './mdadm.ts';
import { mdController, parseMdstat } from './mdstat.ts';
import { parseMegacli } from './megacli.ts';
import { parseMvcli } from './mvcli.ts';
import { parseSas2ircu } from './sas2ircu.ts';
import { parseSsacli } from './ssacli.ts';
import { parseStorcli } from './storcli.ts';
import { parseTwCli } from './tw-cli.ts';

// A parser that hangs fails here; a machine that is busy with other tests does not.
vi.setConfig({ testTimeout: 60_000 });

/** RAID and IPMI parsers on damaged, mixed and hostile text. */
const RAID_PARSERS = new Map<string, (text: string) => unknown>([
  ['megacli', parseMegacli],
  ['storcli', parseStorcli],
  ['ssacli', parseSsacli],
  ['arcconf', (text) => parseArcconf(text)],
  ['sas2ircu', parseSas2ircu],
  ['tw-cli', (text) => parseTwCli(text)],
  ['areca', (text) => parseAreca(text)],
  ['mvcli', parseMvcli],
  ['cciss', parseCciss],
  ['mdstat', (text) => mdController(parseMdstat(text)) ?? []],
  ['mdadm', (text) => mdadmController(parseMdadm(text).details) ?? []],
]);
const IPMI_PARSERS = new Map<string, (text: string) => unknown>([
  ['sdr', parseIpmiSensors],
  ['sensor', parseIpmiSensors],
  ['sel-info', parseSelInfo],
  ['sel-elist', parseSelEvents],
  ['chassis', parseChassisStatus],
  ['mc-info', parseControllerInfo],
  ['dcmi', parsePowerReading],
  ['fru', parseFru],
]);
const PARSERS = [...RAID_PARSERS, ...IPMI_PARSERS];

const outputs = [...fixtureTexts('raid'), ...fixtureTexts('ipmi')];
/** Each fixture with the parser of its tool, which its name begins with. */
const pairs = outputs.flatMap(([name, text]) =>
  PARSERS.filter(([prefix]) => name.startsWith(prefix)).map(([, parse]) => ({ name, text, parse })),
);

const anyOutput = fc.constantFrom(...outputs.map(([, text]) => text));
const anyPair = fc.constantFrom(...pairs);

/** What was measured or is written on the thing: states follow from several lines, these from one. */
const FACTS =
  /(?:serial|model|firmware|Bytes|Celsius|Errors|Failures|Watts|entries|freeBytes|current|minimum|maximum|value|number|boardProduct)$/;

function factsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) {
    return FACTS.test(path) && value !== undefined ? [`${path.replace(/\d+/g, '#')}=${String(value)}`] : [];
  }
  return Object.entries(value).flatMap(([key, child]) => factsOf(child, `${path}.${key}`));
}

/** Numbers that are none, and ratios that cannot be. */
function oddities(value: unknown, path = ''): string[] {
  if (typeof value === 'number') {
    const odd = !Number.isFinite(value) || (path.endsWith('Ratio') && (value < 0 || value > 1.5));
    return odd ? [`${path} ${value}`] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => oddities(child, `${path}.${key}`));
}

function expectSane(value: unknown): void {
  expect(oddities(value)).toEqual([]);
}

it('has a parser for every fixture', () => {
  expect(new Set(pairs.map((pair) => pair.name))).toEqual(new Set(outputs.map(([name]) => name)));
});

describe('damaged output of hardware tools', () => {
  it('cut after any line says nothing that the whole does not say', () => {
    const cut = fc.tuple(anyPair, fc.nat({ max: 400 }));

    fc.assert(
      fc.property(cut, ([{ text, parse }, at]) => {
        const known = new Set(factsOf(parse(text)));
        const rest = text.split('\n').slice(0, at).join('\n');

        expect(factsOf(parse(rest)).filter((fact) => !known.has(fact))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('with any lines lost says nothing that no line says', () => {
    const thinned = anyPair.chain((pair) =>
      fc.subarray(pair.text.split('\n')).map((lines) => ({ ...pair, lines })),
    );

    fc.assert(
      fc.property(thinned, ({ parse, lines, text }) => {
        const words = text.replace(/\s+/g, ' ');
        const result = parse(lines.join('\n'));

        expectSane(result);
        // Names and serial numbers are copied, never composed.
        for (const fact of factsOf(result)) {
          const copied = /\.(?:serial|firmware|boardProduct)=(?<text>.*)$/.exec(fact)?.groups?.['text'];
          if (copied !== undefined) expect(words).toContain(copied);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('cut anywhere, inside a line or a character, is survived', () => {
    fc.assert(
      fc.property(anyPair, fc.nat({ max: 8000 }), ({ text, parse }, at) => {
        expectSane(parse(Buffer.from(text).subarray(0, at).toString('utf8')));
      }),
      { numRuns: 150 },
    );
  });

  it('of two tools at once, line by line, is survived by every parser', () => {
    const mixed = fc.tuple(anyOutput, anyOutput, fc.array(fc.boolean(), { minLength: 20, maxLength: 60 }));

    fc.assert(
      fc.property(mixed, ([one, two, turns]) => {
        const [left, right] = [one.split('\n'), two.split('\n')];
        const lines: string[] = [];
        for (let at = 0; left.length > 0 || right.length > 0; at += 1) {
          const next = (turns[at % turns.length] ? left : right).shift() ?? left.shift() ?? right.shift();
          if (next !== undefined) lines.push(next);
        }

        expectSane(PARSERS.map(([, parse]) => parse(lines.join('\n'))));
      }),
      { numRuns: 25 },
    );
  });

  it('with line ends of another system says the same', () => {
    for (const { text, parse } of pairs) {
      expect(parse(text.replaceAll('\n', '\r\n'))).toEqual(parse(text));
    }
  });

  it('that is no output at all describes no machine', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
    );

    fc.assert(
      fc.property(noise, (text) => {
        expect(PARSERS.flatMap(([, parse]) => factsOf(parse(text)))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('hostile output of hardware tools', () => {
  /** Enough that a step which takes the square of its input would not end in time. */
  const SIZE = 2 ** 17;
  const hostile: [string, string][] = [
    ['one endless line of blanks', ' '.repeat(SIZE)],
    ['one endless line of words', 'a '.repeat(SIZE / 2)],
    ['one endless line of separators', ': | = , '.repeat(SIZE / 8)],
    ['lines of digits', `${'9'.repeat(200)}\n`.repeat(SIZE / 256)],
    ['braces that never close', '{"Controllers":['.repeat(SIZE / 16)],
    ['an outline without end', Array.from({ length: 500 }, (_, depth) => ' '.repeat(depth)).join('x\n')],
    ['a table without end', `----\nA B C\n----\n${'1 2 3\n'.repeat(SIZE / 16)}`],
    ['rules only', '--------\n'.repeat(SIZE / 8)],
    ['headings only', 'Enclosure Device ID: 1\nSlot Number: 1\n'.repeat(SIZE / 64)],
    ['one controller again and again', 'Smart Array P400 in Slot 1\n'.repeat(SIZE / 64)],
    ['md members without end', `md0 : active raid1${' sda1[0]'.repeat(SIZE / 16)}\n`],
  ];

  it.each(hostile)('%s ends, in every parser', (_name, text) => {
    for (const [, parse] of PARSERS) parse(text);
  });
});

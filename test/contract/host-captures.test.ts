import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { loadCatalog } from '../../catalog/catalog.ts';
import { composeCapture } from '../../cli/demo/legacy/machine.ts';
import { LEGACY_HOSTS } from '../../cli/demo/legacy/machines.ts';
import { inputOf } from '../../exporters/host/arrival.ts';
import { parseCapture } from '../../exporters/host/capture.ts';
import { loadHostCollectors } from '../../exporters/host/exporter.ts';
import { PgfleetError } from '../../lib/errors.ts';
import { print } from '../support/host.ts';

// A collector that hangs fails here; a machine that is busy with other tests does not.
vi.setConfig({ testTimeout: 120_000 });

/** Holds all host collectors together to damaged captures: no crash, no invented value, no damage beyond its section. */
const NOW = Date.UTC(2026, 7, 22) / 1000;
const RUNS = { numRuns: 20 };
const catalog = loadCatalog();
const collectors = await loadHostCollectors();
const texts = LEGACY_HOSTS.map(({ machine }) => composeCapture(machine, NOW));
/** Machines by number, so that a counterexample is short. */
const anyMachine = fc.nat(texts.length - 1);
const textOf = (machine: number) => texts[machine] ?? '';

/** No measurements: what is said of the capture, of what is unknown and how many there are; words; verdicts over several signals. */
const ABOUT_THE_REST =
  /^pgfleet_host_(?:capture_|sections|coverage|signal_coverage|age_|built|edac_driver|memavailable|failure)|^pgfleet_disk_(?:condition|failure|signal|coverage)|^node_(?:filesystem_device_error|selinux_enabled)|^smartctl_device(?:s |\{)|_info\{|_state\{|_scrape_duration_seconds/;

/** Samples by collector; a collector that fails has none, and must fail with an error of ours. */
function samplesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const capture = parseCapture(text);
  if (capture.header === undefined) return new Map();
  const arrival = { capture, bytes: text.length, at: (NOW + 60) * 1000, durationMs: 1 };
  const input = inputOf({ ...arrival, clock: undefined, live: false }, catalog);
  return new Map(
    collectors.map(({ name, samples }) => {
      try {
        return [name, [...samples(input)].flatMap(print).filter((line) => !ABOUT_THE_REST.test(line))];
      } catch (error) {
        if (!(error instanceof PgfleetError)) throw error;
        return [name, []];
      }
    }),
  );
}

const whole = new Map(texts.map((text) => [text, samplesOf(text)]));

/** Every sample of a damaged capture must be one of the capture it came from. */
function invented(damaged: string, original: string): string[] {
  const known = new Set([...(whole.get(original)?.values() ?? [])].flat());
  return [...samplesOf(damaged).values()].flat().filter((line) => !known.has(line));
}

/** Begin and end of each section, frames included. */
function sectionsOf(text: string): { name: string; from: number; to: number }[] {
  const token = /^pgfleet-capture \d+ (\S+) /m.exec(text)?.[1] ?? '';
  const pattern = new RegExp(`^${token} begin (\\S+) [^\\n]*\\n.*?^${token} end [^\\n]*\\n`, 'gms');
  return [...text.matchAll(pattern)].map((match) => ({
    name: match[1] ?? '',
    from: match.index,
    to: match.index + match[0].length,
  }));
}

const anySection = fc.record({ machine: anyMachine, number: fc.nat() }).map(({ machine, number }) => {
  const sections = sectionsOf(textOf(machine));
  return { machine, section: sections[number % sections.length] ?? { name: '', from: 0, to: 0 } };
});

describe('damaged captures', () => {
  it('know much when they are whole', () => {
    for (const samples of whole.values()) expect([...samples.values()].flat().length).toBeGreaterThan(300);
  });

  it('invent nothing when they are cut', () => {
    fc.assert(
      fc.property(anyMachine, fc.double({ min: 0, max: 1, noNaN: true }), (machine, share) => {
        const text = textOf(machine);
        expect(invented(text.slice(0, text.length * share), text)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('invent nothing when lines are lost or doubled', () => {
    const change = fc.record({
      machine: anyMachine,
      a: fc.nat(),
      b: fc.nat(),
      how: fc.constantFrom('lose', 'double'),
    });
    fc.assert(
      fc.property(change, ({ machine, a, b, how }) => {
        const lines = textOf(machine).split('\n');
        const [from, to] = [a % lines.length, b % lines.length];
        if (how === 'lose') lines.splice(from, 1);
        else lines.splice(to, 0, lines[from] ?? '');
        expect(invented(lines.join('\n'), textOf(machine))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('say the same in any order of their sections', () => {
    fc.assert(
      fc.property(anyMachine, fc.infiniteStream(fc.nat()), (machine, order) => {
        const text = textOf(machine);
        const sections = sectionsOf(text);
        const parts = sections.map(({ from, to }) => text.slice(from, to));
        const shuffled = parts
          .map((part) => ({ part, key: order.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ part }) => part);
        const around = (middle: readonly string[]) =>
          sorted(
            samplesOf(text.slice(0, sections[0]?.from) + middle.join('') + text.slice(sections.at(-1)?.to)),
          );

        expect(around(shuffled)).toEqual(around(parts));
      }),
      { numRuns: 10 },
    );
  });

  it('lose no section but the one that is damaged', () => {
    const damage = fc.record({ at: anySection, share: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(damage, ({ at: { machine, section }, share }) => {
        const text = textOf(machine);
        const { from, to, name } = section;
        const damaged = `${text.slice(0, from + (to - from) * share)}\n${text.slice(to)}`;
        const found = parseCapture(damaged).sections;
        for (const [other, expected] of parseCapture(text).sections)
          if (other !== name) expect(found.get(other), `${other} beside ${name}`).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('survive binary and hostile text in any section', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc.constantFrom(
        '-1\n',
        'NaN\n',
        '9'.repeat(5000),
        'a:1\n'.repeat(2000),
        '{"a":['.repeat(500),
        '\t'.repeat(3000),
      ),
    );
    fc.assert(
      fc.property(anySection, hostile, ({ machine, section }, content) => {
        const text = textOf(machine);
        const part = text.slice(section.from, section.to);
        const begin = part.slice(0, part.indexOf('\n') + 1);
        const end = part.slice(part.trimEnd().lastIndexOf('\n') + 1).replace(/ lines=\d+/, '');
        const damaged = `${text.slice(0, section.from)}${begin}${content}\n${end}${text.slice(section.to)}`;
        const values = sorted(samplesOf(damaged)).map((line) =>
          Number(line.slice(line.lastIndexOf(' ') + 1)),
        );
        expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('of two machines, interleaved, give the samples of one or none', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(anyMachine, anyMachine, steps, (one, other, lengths) => {
        // Two runs never have the same token.
        const second = textOf(other).replaceAll('00000000-c0de-4de3-8000-000000000000', OTHER_TOKEN);
        const [left, right] = [textOf(one).split('\n'), second.split('\n')];
        const mixed = lengths.flatMap((length, index) => (index % 2 === 0 ? left : right).splice(0, length));
        const text = [...mixed, ...left].join('\n');
        // The one whose first line comes first is read.
        const mine = invented(text, textOf(one));
        if (mine.length > 0 && invented(text, textOf(other)).length > 0) expect(mine).toEqual([]);
      }),
      RUNS,
    );
  });
});

const OTHER_TOKEN = 'ffffffff-c0de-4de3-8000-000000000000';

function sorted(samples: ReadonlyMap<string, readonly string[]>): string[] {
  return [...samples.values()].flat().sort();
}

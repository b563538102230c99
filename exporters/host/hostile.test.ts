import { describe, expect, it, vi } from 'vitest';
import { PgfleetError } from '../../lib/errors.ts';
import { collect } from '../../test/support/host.ts';
import { loadHostCollectors } from './exporter.ts';

// A collector that hangs fails here; a machine that is busy with other tests does not.
vi.setConfig({ testTimeout: 30_000 });

/** A host can be broken or taken over: what it sends must neither crash nor hold up the exporter. */
const SIZE = 60_000;
const run = (piece: string) => piece.repeat(Math.ceil(SIZE / piece.length));
const PAYLOADS: Readonly<Record<string, string>> = {
  'line ends': run('\n'),
  blanks: run(' '),
  'tabs and line ends': run('\t\n'),
  'one endless number': run('9'),
  'one endless word': run('a'),
  colons: run('a:'),
  'colons and line ends': run('a:\n'),
  'numbers and blanks': run('1 '),
  'negative numbers': run('-1\n'),
  quotes: run(`'"./`),
  brackets: run('([{<'),
  'paths of trees': run('/sys/class/net/a/b\t1\n'),
  'paths without values': run('/a/b\n'),
  'equals signs': run('A=\n'),
  json: run('{"a":['),
  'null bytes': run('\0'),
  'carriage returns': run('\r\n'),
  'wide characters': run('\u{1F4A3}\u202e'),
  'numbers that are none': run('NaN Infinity 1e999 0x 1.2.3\n'),
  'record heads': run('Handle 0x0001, DMI type 17, 84 bytes\n'),
  'frames of captures': run('01234567-89ab-4cde-8f01-23456789abcd end x status=ok\n'),
};

const collectors = await loadHostCollectors();

describe.each(collectors.map((collector) => [collector.name, collector] as const))(
  '%s',
  (_name, collector) => {
    it.each(Object.entries(PAYLOADS))('survives %s in every section', (_what, text) => {
      const sections = Object.fromEntries(collector.sections.map((name) => [name, text]));
      let samples: string[] = [];
      try {
        samples = collect(collector, sections);
      } catch (error) {
        expect(error).toBeInstanceOf(PgfleetError);
        expect((error as Error).message.length).toBeLessThan(700);
      }

      const values = samples.map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
      expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
    });

    it('gives nothing, or fails visibly, where every section is absent, denied or cut', () => {
      for (const status of [
        'absent',
        'missing',
        'denied',
        'failed',
        'timeout',
        'truncated',
        'corrupt',
      ] as const) {
        const sections = Object.fromEntries(collector.sections.map((name) => [name, { status }]));
        try {
          collect(collector, sections);
        } catch (error) {
          expect(error).toBeInstanceOf(PgfleetError);
        }
      }
    });
  },
);

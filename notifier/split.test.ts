import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleIncident } from '../test/support/sample-message.ts';
import { layout, type Markup, PLAIN } from './layout.ts';
import type { Item, Message } from './message.ts';
import { splitMessage } from './split.ts';

/** Markup at its worst: every `<` takes four bytes. */
const ESCAPING: Markup = { ...PLAIN, escape: escapeHtml, title: escapeHtml, heading: escapeHtml };

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function bytes(part: Message): number {
  return Buffer.byteLength(JSON.stringify({ content: layout(part, ESCAPING) }));
}

function item(id: string, description: string, heading = `[CRITICAL][FIRING] ${id}`): Item {
  return {
    incident: sampleIncident({ id }),
    change: 'open',
    heading,
    description: description === '' ? [] : [description],
    facts: [
      { name: 'Where', value: 'db1' },
      { name: 'Since', value: '2026-11-22 16:03:11 +08:00' },
      { name: 'Labels', value: 'x'.repeat(200) },
    ],
    links: [{ text: 'Runbook', url: 'https://docs.example/x' }],
  };
}

function message(items: readonly Item[], lead: readonly string[] = ['CRITICAL: many']): Message {
  return {
    id: 'm',
    language: 'zh',
    severity: 'critical',
    resolved: false,
    title: '[严重] 很多告警',
    lead,
    items,
    notes: ['note'],
    links: [{ text: 'Alertmanager', url: 'http://alertmanager.example/#/alerts' }],
    plain: false,
  };
}

const LIMITS = { bytes: 3900, parts: 3, items: 50 };

describe('splitMessage', () => {
  it('leaves a message that fits as it is', () => {
    const whole = message([item('a', 'short')]);

    expect(splitMessage(whole, LIMITS, bytes)).toEqual([whole]);
  });

  it('numbers the parts; lead first, notes and links last', () => {
    const parts = splitMessage(
      message([item('a', '中'.repeat(700)), item('b', '中'.repeat(700))]),
      LIMITS,
      bytes,
    );

    expect(parts.map(({ title }) => title)).toEqual(['[严重] 很多告警 (1/2)', '[严重] 很多告警 (2/2)']);
    expect(parts.map(({ lead }) => lead.length)).toEqual([1, 0]);
    expect(parts.map(({ notes }) => notes.length)).toEqual([0, 1]);
    expect(parts.map(({ links }) => links.length)).toEqual([0, 1]);
  });

  it('counts what found no place', () => {
    const many = Array.from({ length: 40 }, (_, index) => item(`i${index}`, '中'.repeat(700)));

    const parts = splitMessage(message(many), LIMITS, bytes);

    const shown = parts.reduce((sum, part) => sum + part.items.length, 0);
    expect(parts).toHaveLength(3);
    expect(parts[2]?.notes[1]).toBe(`另有 ${40 - shown} 条告警未列出，见 Alertmanager。`);
  });

  it('counts what is over the number of items even when all would fit', () => {
    const many = Array.from({ length: 60 }, (_, index) => item(`i${index}`, ''));

    const parts = splitMessage(message(many), { ...LIMITS, bytes: 1_000_000 }, bytes);

    expect(parts).toHaveLength(1);
    expect(parts[0]?.items).toHaveLength(50);
    expect(parts[0]?.notes[1]).toContain('另有 10 条');
  });

  it('shortens one item that is too long for any part', () => {
    const [part, ...others] = splitMessage(message([item('a', '<'.repeat(1500))]), LIMITS, bytes);

    expect(others).toEqual([]);
    expect(part?.items[0]?.description[0]).toMatch(/^<+…$/);
    expect(part?.items[0]?.heading).toBe('[CRITICAL][FIRING] a');
  });

  it('drops the last lines of a notice that is too long', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index} ${'字'.repeat(100)}`);

    const [part] = splitMessage(message([], lines), LIMITS, bytes);

    expect(part?.lead.length).toBeGreaterThan(5);
    expect(part?.lead[0]).toBe(lines[0]);
    expect(bytes(part ?? message([]))).toBeLessThanOrEqual(LIMITS.bytes);
  });

  it('never exceeds the limit, never loses or doubles an item, never cuts a character', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('<', '&', '"', '\\', '中', '😀', 'a'),
      maxLength: 1500,
    });
    const heading = fc.string({ unit: fc.constantFrom('<', '中', '😀', 'a'), maxLength: 200 });
    const items = fc.array(fc.tuple(hostile, heading), { maxLength: 70 });
    fc.assert(
      fc.property(items, (texts) => {
        const all = texts.map(([text, head], index) => item(`i${index}`, text, head));

        const parts = splitMessage(message(all), LIMITS, bytes);

        const shown = parts.flatMap((part) => part.items.map(({ incident }) => incident.id));
        const omitted = all.length - shown.length;
        expect(shown).toEqual(all.slice(0, shown.length).map(({ incident }) => incident.id));
        expect(parts.length).toBeLessThanOrEqual(LIMITS.parts);
        expect(parts.at(-1)?.notes.some((note) => note.includes(`另有 ${omitted} 条`))).toBe(omitted > 0);
        for (const part of parts) {
          expect(bytes(part)).toBeLessThanOrEqual(LIMITS.bytes);
          expect(layout(part, PLAIN)).not.toMatch(/\p{Cs}/u);
        }
      }),
      { numRuns: 60 },
    );
  });
});

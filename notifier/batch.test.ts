import { describe, expect, it } from 'vitest';
import { mergeRows } from './batch.ts';
import type { OutboxRow, RowKind } from './outbox.ts';

const row = (incident_id: string | null, kind: RowKind): OutboxRow => ({
  ...{ id: 1, channel: 'c', recipient: '', severity: 'critical', payload_json: null, attempts: 0, shrink: 0 },
  ...{ created_at: 0, expires_at: 0, batch_id: null, possible_duplicate: 0 },
  incident_id,
  kind,
});

describe('mergeRows', () => {
  it.each<[string, RowKind[], boolean, string[]]>([
    ['opened', ['open'], false, ['open']],
    ['opened and closed', ['open', 'close'], true, ['open_close']],
    ['opened, closed where nobody wants to hear of it', ['open'], true, ['open_close']],
    ['closed', ['close'], true, ['close']],
    ['reminder', ['repeat'], false, ['repeat']],
    ['reminder overtaken by the end', ['repeat', 'close'], true, ['close']],
    ['reminder of what is over', ['repeat'], true, []],
    ['opened long ago, reminder due', ['open', 'repeat'], false, ['open']],
  ])('%s', (_name, kinds, closed, expected) => {
    const merged = mergeRows(
      kinds.map((kind) => row('i', kind)),
      () => closed,
    );

    expect(merged.map(({ change }) => change)).toEqual(expected);
  });

  it('keeps incidents apart and passes notices over', () => {
    const rows = [row('a', 'open'), row(null, 'notice'), row('b', 'close'), row('a', 'close')];

    expect(mergeRows(rows, (id) => id === 'a')).toEqual([
      { incidentId: 'a', change: 'open_close' },
      { incidentId: 'b', change: 'close' },
    ]);
  });
});

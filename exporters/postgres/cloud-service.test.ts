import { expect, it } from 'vitest';
import { loadUnits } from '../../lib/units.ts';
import { LEFT_OUT_COLLECTORS, leftOutOn } from './cloud-service.ts';
import type { PostgresCollector } from './postgres-collector.ts';

it('leaves out collectors that there are', async () => {
  const units = await loadUnits<PostgresCollector>(new URL('./collectors/', import.meta.url), 'collector');
  const names = new Set(units.map(({ value }) => value.name));

  expect([...LEFT_OUT_COLLECTORS].filter((name) => !names.has(name))).toEqual([]);
});

it('says why', () => {
  expect(leftOutOn('aurora', 'wal')).toBe(
    'Amazon Aurora has shared storage instead of streamed WAL: the functions behind it are not supported',
  );
  expect(leftOutOn('cloudsql', 'wal')).toBeUndefined();
});

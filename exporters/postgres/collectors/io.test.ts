import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './io.ts';

it('keeps what cannot happen for a kind of backend absent', () => {
  const row = {
    backend_type: 'walwriter',
    object: 'wal',
    context: 'normal',
    writes: 4,
    write_bytes: 32_768,
    reads: null,
  };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain(
    'pgfleet_postgres_io_writes_total{backend_type="walwriter",object="wal",context="normal"} 4\n',
  );
  expect(text).toContain('} 32768\n');
  expect(text).not.toContain('io_reads_total');
});

it('asks 18 for its own byte counts and 16 for blocks times their size', () => {
  const [sixteen, eighteen] = collector.queries;

  expect(sixteen?.sql).toContain('reads * op_bytes');
  expect(eighteen?.sql).not.toContain('op_bytes');
});

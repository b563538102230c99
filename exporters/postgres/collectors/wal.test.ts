import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './wal.ts';

it('prints the size of the WAL directory', () => {
  const { text } = render(collector.samples([{ segments: 3, size: 50_331_648 }]), 'text');

  expect(text).toContain('pg_wal_segments 3\n');
  expect(text).toContain('pg_wal_size_bytes 50331648\n');
});

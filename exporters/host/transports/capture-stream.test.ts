import { describe, expect, it } from 'vitest';
import { captureText } from '../../../test/support/host.ts';
import { CaptureStream } from './capture-stream.ts';

const TEXT = captureText({ stat: 'cpu 1\n' });

describe('CaptureStream', () => {
  it.each([1, 7, 64, 100_000])('knows the end, in pieces of %i bytes', (size) => {
    const stream = new CaptureStream();
    const done: number[] = [];
    for (let at = 0; at < TEXT.length; at += size) {
      if (stream.push(Buffer.from(TEXT.slice(at, at + size)))) done.push(at + size);
    }

    expect(done).toHaveLength(1);
    expect(done[0]).toBeGreaterThanOrEqual(TEXT.length);
    expect(stream.text()).toBe(TEXT);
  });

  it('is not ended by content that imitates the end', () => {
    const stream = new CaptureStream();
    const start = TEXT.slice(0, TEXT.indexOf('cpu 1'));

    expect(stream.push(Buffer.from(start))).toBe(false);
    expect(stream.push(Buffer.from('deadbeef-0000-4000-8000-000000000000 complete uptime=1\n'))).toBe(false);
  });

  it('knows whether a capture has begun', () => {
    const stream = new CaptureStream();
    stream.push(Buffer.from('Welcome!\n'));
    expect(stream.started).toBe(false);

    stream.push(Buffer.from(TEXT));
    expect(stream.started).toBe(true);
  });

  it('replaces bytes that are no UTF-8', () => {
    const stream = new CaptureStream();
    stream.push(Buffer.from([0x61, 0xff, 0x62]));

    expect(stream.text()).toBe('a\ufffdb');
  });
});

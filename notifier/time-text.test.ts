import { describe, expect, it } from 'vitest';
import { messages } from './messages.ts';
import { describeDuration, formatTime } from './time-text.ts';

describe('formatTime', () => {
  it.each([
    ['UTC', '2026-11-22 00:30:05 +00:00'],
    ['Asia/Shanghai', '2026-11-22 08:30:05 +08:00'],
    ['America/St_Johns', '2026-11-21 21:00:05 -03:30'],
  ])('%s', (zone, expected) => {
    expect(formatTime(Date.parse('2026-11-22T00:30:05Z'), zone)).toBe(expected);
  });
});

describe('describeDuration', () => {
  it.each([
    [-5, '0 seconds', '0 秒'],
    [1, '1 second', '1 秒'],
    [59.9, '59 seconds', '59 秒'],
    [60, '1 minute', '1 分钟'],
    [119, '1 minute', '1 分钟'],
    [5400, '1 hour 30 minutes', '1 小时 30 分钟'],
    [7200, '2 hours', '2 小时'],
    [90_061, '1 day 1 hour', '1 天 1 小时'],
  ])('%d s', (seconds, english, chinese) => {
    expect(describeDuration(seconds, messages('en'))).toBe(english);
    expect(describeDuration(seconds, messages('zh'))).toBe(chinese);
  });
});

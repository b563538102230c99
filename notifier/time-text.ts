import type { Messages } from './messages.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** "2026-11-22 16:03:11 +08:00": absolute, with its offset, the same in every language. */
export function formatTime(time: number, timezone: string): string {
  const parts = new Map(
    formatFor(timezone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  // "GMT" alone is UTC.
  const offset = get('timeZoneName').replace('GMT', '') || '+00:00';
  return `${get('year')}-${get('month')}-${get('day')} ${get('hour')}:${get('minute')}:${get('second')} ${offset}`;
}

function formatFor(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    formats.set(timezone, format);
  }
  return format;
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "2 days 3 hours", "12 minutes", "40 seconds": the largest unit, and the next one down to minutes. */
export function describeDuration(seconds: number, words: Pick<Messages, 'duration' | 'unitGap'>): string {
  const whole = Math.max(0, Math.floor(seconds));
  const index = STEPS.findIndex(([, size]) => whole >= size);
  const [unit, size] = STEPS[index] ?? (['second', 1] as const);
  const first = words.duration(Math.floor(whole / size), unit);
  const [nextUnit, nextSize] = STEPS[index + 1] ?? (['second', 1] as const);
  const rest = Math.floor((whole % size) / nextSize);
  return rest === 0 || nextUnit === 'second'
    ? first
    : `${first}${words.unitGap}${words.duration(rest, nextUnit)}`;
}

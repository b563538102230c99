import type { Language } from './status-view.ts';

const RELATIVE: Readonly<Record<Language, Intl.RelativeTimeFormat>> = {
  en: new Intl.RelativeTimeFormat('en', { style: 'short' }),
  zh: new Intl.RelativeTimeFormat('zh-CN', { style: 'short' }),
};

/** "12 sec. ago", "3 hr. ago": the largest unit that fits. */
export function age(seconds: number, language: Language): string {
  const format = RELATIVE[language];
  if (seconds < 90) return format.format(-Math.round(seconds), 'second');
  if (seconds < 90 * 60) return format.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 36 * 3600) return format.format(-Math.round(seconds / 3600), 'hour');
  return format.format(-Math.round(seconds / 86_400), 'day');
}

/** "2026-11-22 12:00:05 UTC": the same for every reader, wherever they and the server are. */
export function utcTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

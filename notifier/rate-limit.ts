/** At most `max` messages in any `seconds`. Providers do not say whether theirs slides, so ours does. */
export interface RateWindow {
  readonly max: number;
  readonly seconds: number;
}

/**
 * When the next message may leave, given the times of the recent ones; `now` or earlier means at once.
 * Where a window has room for more than one, its last place is kept for urgent messages.
 */
export function nextSendAt(
  windows: readonly RateWindow[],
  recent: readonly number[],
  urgent: boolean,
): number {
  const times = windows.map(({ max, seconds }) => {
    const room = urgent || max === 1 ? max : max - 1;
    const oldestThatCounts = recent[recent.length - room];
    return oldestThatCounts === undefined ? 0 : oldestThatCounts + seconds * 1000;
  });
  return Math.max(0, ...times);
}

/** The times worth remembering after a message left at `now`: oldest first, no more than the windows need. */
export function remember(windows: readonly RateWindow[], recent: readonly number[], now: number): number[] {
  const most = Math.max(0, ...windows.map(({ max }) => max));
  const longest = Math.max(0, ...windows.map(({ seconds }) => seconds)) * 1000;
  // Clock set back: times in the future would block the channel until then.
  const known = recent.filter((time) => time <= now && time > now - longest);
  return most === 0 ? [] : [...known, now].slice(-most);
}

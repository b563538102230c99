import type { Instance } from './estate.ts';
import type { FiringAlert } from './firing-alerts.ts';
import { type Html, html } from './html.ts';
import type { TargetState, Tone } from './status-model.ts';
import type { Grade } from './verdicts.ts';

/** Colour class and shape of every state: the shape tells it without the colour. */
const STATE_LOOK: Readonly<Record<TargetState, { tone: Tone | 'off'; symbol: string }>> = {
  down: { tone: 'bad', symbol: 'cross' },
  stale: { tone: 'warn', symbol: 'clock' },
  partial: { tone: 'warn', symbol: 'half' },
  never: { tone: 'wait', symbol: 'dots' },
  up: { tone: 'good', symbol: 'check' },
  inactive: { tone: 'off', symbol: 'dash' },
};

const TONE_SYMBOL: Readonly<Record<Tone, string>> = {
  good: 'check',
  warn: 'alert',
  bad: 'cross',
  wait: 'dots',
};

const SEVERITY_TONE: Readonly<Record<FiringAlert['severity'], Tone>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'wait',
  other: 'wait',
};

const GRADE_TONE: Readonly<Record<Grade, Tone>> = {
  retire: 'bad',
  unknown: 'wait',
  watch: 'warn',
  reuse: 'good',
};

export function gradeTone(grade: Grade): Tone {
  return GRADE_TONE[grade];
}

/** Icon of something that is not as declared. */
export function oddityIcon(oddity: Instance['status'] | 'clone'): Html {
  const look = { unregistered: 'warn', ghost: 'warn', registered: 'wait', clone: 'bad' } as const;
  return toneIcon(look[oddity], 18);
}

export function severityTone(severity: FiringAlert['severity']): Tone {
  return SEVERITY_TONE[severity];
}

export function stateTone(state: TargetState): Tone | 'off' {
  return STATE_LOOK[state].tone;
}

export function stateIcon(state: TargetState): Html {
  const { tone, symbol } = STATE_LOOK[state];
  return icon(symbol, tone, 18);
}

export function toneIcon(tone: Tone, size: number): Html {
  return icon(TONE_SYMBOL[tone], tone, size);
}

function icon(symbol: string, tone: string, size: number): Html {
  return html`<svg class="${tone}" width="${size}" height="${size}" aria-hidden="true"><use href="#i-${symbol}"/></svg>`;
}

/** Drawn once per page; every icon refers to its shape here. */
export const SYMBOLS: Html = html`<svg width="0" height="0" class="hidden" aria-hidden="true"><defs>
<g id="i-frame"><circle cx="10" cy="10" r="10" fill="currentColor"/></g>
<symbol id="i-check" viewBox="0 0 20 20"><use href="#i-frame"/><path d="m5.5 10.5 3 3 6-6.5" fill="none" stroke="var(--card)" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="i-cross" viewBox="0 0 20 20"><path d="M6.2.9h7.6l5.3 5.3v7.6l-5.3 5.3H6.2L.9 13.8V6.2z" fill="currentColor"/><path d="m6.7 6.7 6.6 6.6m0-6.6-6.6 6.6" stroke="var(--card)" stroke-width="2.2" stroke-linecap="round"/></symbol>
<symbol id="i-alert" viewBox="0 0 20 20"><path d="M8.4 1.9a1.85 1.85 0 0 1 3.2 0l7.9 14a1.85 1.85 0 0 1-1.6 2.8H2.1a1.85 1.85 0 0 1-1.6-2.8z" fill="currentColor"/><path d="M10 7v5m0 3v.01" stroke="var(--card)" stroke-width="2.2" stroke-linecap="round"/></symbol>
<symbol id="i-clock" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8.8" fill="none" stroke="currentColor" stroke-width="2.2"/><path d="M10 5v5l3.5 2.5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="i-half" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8.8" fill="none" stroke="currentColor" stroke-width="2.2"/><path d="M10 1.2a8.8 8.8 0 0 1 0 17.6z" fill="currentColor"/></symbol>
<symbol id="i-dots" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8.8" fill="none" stroke="currentColor" stroke-width="2.2" stroke-dasharray="3.46 3.46"/></symbol>
<symbol id="i-dash" viewBox="0 0 20 20"><path d="M4 10h12" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/></symbol>
</defs></svg>`;

/** The mark of pgfleet: a stack of three, the topmost alive. */
export const MARK: Html = html`<svg width="28" height="28" viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linejoin="round" aria-hidden="true"><path d="M3 19.5 14 25l11-5.5M3 14l11 5.5L25 14" stroke-linecap="round"/><path d="M14 3 3 8.5 14 14l11-5.5z" fill="currentColor"/></svg>`;

/** The mark again, as the icon of the browser tab. */
export const FAVICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28" fill="none" stroke="#2f7fc8" stroke-width="2.2" stroke-linejoin="round"><path d="M3 19.5 14 25l11-5.5M3 14l11 5.5L25 14"/><path d="M14 3 3 8.5 14 14l11-5.5z" fill="#2f7fc8"/></svg>',
  );

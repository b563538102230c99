import { ATTENTION_STATES, TARGET_STATES, type TargetRow, type TargetState } from './status-model.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the reader asked for by the query of the address. */
export interface StatusView {
  readonly language: Language;
  /** The language was asked for by name, so links keep it. */
  readonly languageChosen: boolean;
  /** Words that a row must contain; empty: all rows. */
  readonly search: string;
  readonly state: TargetState | 'attention' | undefined;
  readonly refresh: boolean;
  /** All rows, however many. */
  readonly all: boolean;
}

/** Query parameters as the HTTP server parses them. */
export type Query = Readonly<Record<string, unknown>>;

const MAX_SEARCH_LENGTH = 200;

/** Reads the query; anything unknown in it counts as absent. */
export function parseView(
  query: Query,
  acceptLanguage: string | undefined,
  configured: Language,
): StatusView {
  const chosen = LANGUAGES.find((language) => language === query['lang']);
  const search = typeof query['q'] === 'string' ? query['q'].trim().slice(0, MAX_SEARCH_LENGTH) : '';
  const states = [...TARGET_STATES, 'attention'] as const;
  return {
    language: chosen ?? acceptedLanguage(acceptLanguage) ?? configured,
    languageChosen: chosen !== undefined,
    search,
    state: states.find((state) => state === query['state']),
    refresh: query['refresh'] !== 'off',
    all: query['all'] === '1',
  };
}

/** The language of ours that the Accept-Language header ranks highest. */
function acceptedLanguage(header: string | undefined): Language | undefined {
  let best: { language: Language; q: number } | undefined;
  for (const part of (header ?? '').split(',')) {
    const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const language = LANGUAGES.find((candidate) => tag === candidate || tag.startsWith(`${candidate}-`));
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const q = weight === undefined ? 1 : Number(weight.slice(2));
    if (language !== undefined && q > (best?.q ?? 0)) best = { language, q };
  }
  return best?.language;
}

/** Address of the page with some of the view changed; relative, so that it works behind any path. */
export function viewUrl(view: StatusView, change: Partial<StatusView> = {}): string {
  const { language, languageChosen, search, state, refresh, all } = { ...view, ...change };
  const query = new URLSearchParams();
  if (languageChosen || change.language !== undefined) query.set('lang', language);
  if (search !== '') query.set('q', search);
  if (state !== undefined) query.set('state', state);
  if (!refresh) query.set('refresh', 'off');
  if (all) query.set('all', '1');
  return `?${query}`;
}

/** The rows that match the view: every word somewhere in the row, in any case, and the state. */
export function filterRows(rows: readonly TargetRow[], view: StatusView): readonly TargetRow[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && view.state === undefined) return rows;
  return rows.filter((row) => inState(row, view.state) && hasWords(row, words));
}

function inState({ state }: TargetRow, wanted: StatusView['state']): boolean {
  if (wanted === undefined) return true;
  return wanted === 'attention' ? ATTENTION_STATES.includes(state) : state === wanted;
}

function hasWords(row: TargetRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const parts = [row.name, row.endpoint, row.version, row.role, row.error, row.lifecycle];
  for (const [name, value] of row.labels) parts.push(`${name}=${value}`);
  const text = parts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

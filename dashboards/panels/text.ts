export const LOCALES = ['en', 'zh'] as const;

export type Locale = (typeof LOCALES)[number];

/** What a person reads, in every language; never part of a query, an id or a link. */
export type Text = Readonly<Record<Locale, string>>;

export function text(en: string, zh: string): Text {
  return { en, zh };
}

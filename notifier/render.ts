import { cleanLine, cleanLines, cut, safeUrl } from './clean-text.ts';
import {
  type Incident,
  type LabelSet,
  SEVERITIES,
  type Severity,
  severityRank,
  worstSeverity,
} from './incident.ts';
import type { Change, Fact, Item, Language, Link, Message } from './message.ts';
import { type Messages, messages } from './messages.ts';
import { describeDuration, formatTime } from './time-text.ts';

/** One incident and what is new about it. */
export interface News {
  readonly incident: Incident;
  readonly change: Change;
}

/** News that is not about an alert: the notifier's own troubles, a test. Ready in every language. */
export interface Notice {
  readonly severity: Severity;
  readonly title: Readonly<Record<Language, string>>;
  readonly lines: readonly Readonly<Record<Language, string>>[];
}

export interface RenderOptions {
  /** Becomes the message's id. */
  readonly id: string;
  readonly language: Language;
  readonly timezone: string;
  readonly now: number;
  readonly possibleDuplicate: boolean;
  readonly plain: boolean;
  /** Stands in where Alertmanager did not name its own address. */
  readonly alertmanagerUrl: string | undefined;
}

const CHANGES: readonly Change[] = ['open', 'repeat', 'open_close', 'close'];

/** Turns news of one or many incidents into a message: most urgent first, firing before resolved. */
export function renderNews(news: readonly News[], options: RenderOptions): Message {
  const words = messages(options.language);
  const sorted = news.toSorted(byUrgency);
  const [first, second] = sorted;
  const resolved = news.every(({ change }) => change === 'close' || change === 'open_close');
  const single = first !== undefined && second === undefined;
  return {
    id: options.id,
    language: options.language,
    severity: worstSeverity(news.map(({ incident }) => incident.severity)),
    resolved,
    title: single ? titleOfOne(first, words, options.language) : titleOfMany(sorted, words),
    lead: single ? [] : leadOfMany(sorted, words),
    items: sorted.map((one) => renderItem(one, words, options)),
    notes: notesFor(news, words, options),
    links: single ? [] : alertmanagerLink(sorted, options),
    plain: options.plain,
  };
}

/** Turns a notice into a message without items. */
export function renderNotice(notice: Notice, options: RenderOptions): Message {
  const { language } = options;
  const words = messages(language);
  return {
    id: options.id,
    language,
    severity: notice.severity,
    resolved: false,
    title: cut(`[${words.severity[notice.severity]}] ${cleanLine(notice.title[language], 300)}`, 200),
    lead: notice.lines.map((line) => cleanLine(line[language], 500)),
    items: [],
    notes: [
      ...(options.possibleDuplicate ? [words.possibleDuplicate] : []),
      `pgfleet, ${formatTime(options.now, options.timezone)}`,
    ],
    links: [],
    plain: options.plain,
  };
}

function byUrgency(a: News, b: News): number {
  return (
    severityRank(a.incident.severity) - severityRank(b.incident.severity) ||
    CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) ||
    a.incident.startsAt - b.incident.startsAt
  );
}

function state({ incident, change }: News, words: Messages): string {
  return `[${words.severity[incident.severity]}][${words.change[change]}]`;
}

function titleOfOne(news: News, words: Messages, language: Language): string {
  const place = placeOf(news.incident.labels);
  const text = summary(news.incident, language);
  const where = place === '' || text.includes(place) ? '' : `${place}${words.colon}`;
  return cut(`${state(news, words)} ${where}${text}`, 200);
}

function titleOfMany(news: readonly News[], words: Messages): string {
  const worst = worstSeverity(news.map(({ incident }) => incident.severity));
  const places = countBy(
    news.map(({ incident }) => placeOf(incident.labels)).filter((place) => place !== ''),
  );
  const named = [...places.keys()].slice(0, 3).join(words.comma);
  const rest = places.size > 3 ? ` ${words.more(places.size - 3)}` : '';
  const where = named === '' ? '' : `${words.colon}${named}${rest}`;
  return cut(`[${words.severity[worst]}] ${counts(news, words)}${where}`, 200);
}

/** Enough to act on when nothing else of the message is read: how many of each kind, and the worst places. */
function leadOfMany(news: readonly News[], words: Messages): string[] {
  const lines = SEVERITIES.flatMap((severity) => {
    const ofSeverity = news.filter(({ incident }) => incident.severity === severity);
    return ofSeverity.length === 0
      ? []
      : [`${words.severity[severity]}${words.colon}${counts(ofSeverity, words)}`];
  });
  const places = countBy(
    news.map(({ incident }) => placeOf(incident.labels)).filter((place) => place !== ''),
  );
  if (places.size === 0) return lines;
  const worst = [...places.entries()].toSorted(([, a], [, b]) => b - a).slice(0, 10);
  const named = worst
    .map(([place, count]) => (count === 1 ? place : `${place} (${count})`))
    .join(words.comma);
  const rest = places.size > 10 ? ` ${words.more(places.size - 10)}` : '';
  return [...lines, cut(`${words.where}${words.colon}${named}${rest}`, 300)];
}

function counts(news: readonly News[], words: Messages): string {
  const byChange = countBy(news.map(({ change }) => change));
  return CHANGES.flatMap((change) => {
    const count = byChange.get(change);
    return count === undefined ? [] : [words.count(count, change)];
  }).join(words.comma);
}

function countBy<T>(values: readonly T[]): Map<T, number> {
  const counted = new Map<T, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

function renderItem(news: News, words: Messages, options: RenderOptions): Item {
  const { incident, change } = news;
  return {
    incident,
    change,
    heading: `${state(news, words)} ${summary(incident, options.language)}`,
    description: cleanLines(annotation(incident, 'description', options.language) ?? '', 1500),
    facts: facts(incident, words, options),
    links: linksFor(news, words, options),
  };
}

/** The annotation in the reader's language, else in the other one. */
function annotation({ annotations }: Incident, name: string, language: Language): string | undefined {
  const own = language === 'en' ? [name, `${name}_zh`] : [`${name}_${language}`, name];
  return own.map((key) => annotations[key]).find((text) => text !== undefined && text !== '');
}

function summary(incident: Incident, language: Language): string {
  const text = annotation(incident, 'summary', language) ?? incident.annotations['message'];
  return cleanLine(text ?? incident.labels['alertname'] ?? incident.fingerprint, 200);
}

function placeOf(labels: LabelSet): string {
  return cleanLine(labels['instance'] ?? labels['host'] ?? labels['cluster'] ?? '', 80);
}

const PLACE_LABELS = ['instance', 'host', 'cluster', 'app', 'env', 'site'];
const SHOWN_OTHERWISE = new Set([...PLACE_LABELS, 'alertname', 'severity', 'owner', 'component', 'job']);

function facts(incident: Incident, words: Messages, options: RenderOptions): Fact[] {
  const { labels, startsAt } = incident;
  const places = new Set(PLACE_LABELS.map((name) => cleanLine(labels[name] ?? '', 80)));
  places.delete('');
  const others = Object.entries(labels).filter(([name]) => !SHOWN_OTHERWISE.has(name));
  const running = describeDuration((options.now - startsAt) / 1000, words);
  const since = formatTime(startsAt, options.timezone);
  return [
    { name: words.where, value: [...places].join(' · ') },
    { name: words.since, value: incident.closedAt === undefined ? `${since} (${running})` : since },
    { name: words.ended, value: endOf(incident, words, options) },
    { name: words.owner, value: cleanLine(labels['owner'] ?? '', 80) },
    {
      name: words.labels,
      value: others.map(([name, value]) => cleanLine(`${name}=${value}`, 120)).join(' '),
    },
  ].filter(({ value }) => value !== '');
}

function endOf(
  { startsAt, endsAt, closedAt, endKnown }: Incident,
  words: Messages,
  options: RenderOptions,
): string {
  if (closedAt === undefined) return '';
  if (!endKnown || endsAt === undefined) return words.endUnknown;
  const duration = words.lasted(describeDuration((endsAt - startsAt) / 1000, words));
  return `${formatTime(endsAt, options.timezone)} (${duration})`;
}

function linksFor({ incident, change }: News, words: Messages, options: RenderOptions): Link[] {
  const over = change === 'close' || change === 'open_close';
  const wanted: [string, string][] = [
    [words.runbook, annotation(incident, 'runbook_url', options.language) ?? ''],
    [words.dashboard, annotation(incident, 'dashboard_url', options.language) ?? ''],
    [words.query, incident.generatorUrl],
    [words.silence, over ? '' : silenceUrl(incident, options.alertmanagerUrl)],
  ];
  return wanted.flatMap(([text, address]) => {
    const url = safeUrl(address);
    return url === undefined ? [] : [{ text, url }];
  });
}

/** The form for a new silence in Alertmanager's own pages, filled with the labels of the alert. */
function silenceUrl({ externalUrl, labels }: Incident, alertmanagerUrl: string | undefined): string {
  const base = safeUrl(externalUrl) ?? safeUrl(alertmanagerUrl ?? '');
  if (base === undefined) return '';
  const filter = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${base.replace(/\/+$/, '')}/#/silences/new?filter=${encodeURIComponent(`{${filter.join(',')}}`)}`;
}

function alertmanagerLink([first]: readonly News[], options: RenderOptions): Link[] {
  const url = safeUrl(first?.incident.externalUrl ?? '') ?? safeUrl(options.alertmanagerUrl ?? '');
  return url === undefined ? [] : [{ text: 'Alertmanager', url: `${url.replace(/\/+$/, '')}/#/alerts` }];
}

function notesFor(news: readonly News[], words: Messages, options: RenderOptions): string[] {
  const truncated = Math.max(0, ...news.map(({ incident }) => incident.truncated));
  return [
    ...(options.possibleDuplicate ? [words.possibleDuplicate] : []),
    ...(truncated > 0 ? [words.truncated(truncated)] : []),
  ];
}

import { Html, html, webUrl } from './html.ts';
import { alertSection } from './status-alerts.ts';
import { FAVICON, MARK, SYMBOLS, toneIcon } from './status-icons.ts';
import { overallTone, type StatusModel, TARGET_STATES } from './status-model.ts';
import { odditySection } from './status-oddities.ts';
import { MESSAGES, type Messages } from './status-page.messages.ts';
import { STYLE } from './status-page.style.ts';
import { targetSection } from './status-tables.ts';
import { summaryTiles } from './status-tiles.ts';
import { utcTime } from './status-time.ts';
import { LANGUAGES, type StatusView, viewUrl } from './status-view.ts';

const REFRESH_SECONDS = 30;

/** What every part of the page is made from. */
export interface Page {
  readonly model: StatusModel;
  readonly view: StatusView;
  readonly messages: Messages;
}

/** The status page as one HTML document without scripts or external assets; send it with CONTENT_SECURITY_POLICY. */
export function renderStatusPage(model: StatusModel, view: StatusView): string {
  const page: Page = { model, view, messages: MESSAGES[view.language] };
  const { messages } = page;
  return html`<!doctype html>
<html lang="${messages.htmlLang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${view.refresh && html`<meta http-equiv="refresh" content="${REFRESH_SECONDS};url=${viewUrl(view)}">`}
<title>${headline(page)} · ${messages.title}</title>
<link rel="icon" href="${FAVICON}">
<style>${new Html(STYLE)}</style>
</head>
<body>
${SYMBOLS}<a class="skip" href="#main">${messages.skip}</a>
<div class="wrap">
${top(page)}
<main id="main">
${hero(page)}
${configNote(page)}
${summaryTiles(page)}
${alertSection(page)}
${odditySection(page)}
${model.servers.length + model.hosts.length > 0 && filterForm(page)}
${targetSection('servers', page)}
${targetSection('hosts', page)}
</main>
${foot(page)}
</div>
</body>
</html>
`.text;
}

function top(page: Page): Html {
  const { view, messages } = page;
  const languages = LANGUAGES.map((language) => {
    const { htmlLang, languageName } = MESSAGES[language];
    const current = language === view.language && html` aria-current="true"`;
    const url = viewUrl(view, { language, languageChosen: true });
    return html`<li><a href="${url}" lang="${htmlLang}" hreflang="${htmlLang}"${current}>${languageName}</a></li>`;
  });
  return html`<header class="top">
<a class="brand" href="${viewUrl(view, { search: '', state: undefined, all: false })}">${MARK}pgfleet</a>
<nav class="around" aria-label="${messages.around}"><ul>${aroundLinks(page)}</ul></nav>
<nav aria-label="${messages.languages}"><ul>${languages}</ul></nav>
</header>`;
}

function hero(page: Page): Html {
  const { model, view, messages } = page;
  const tone = overallTone(model);
  const refresh = view.refresh ? messages.refreshing(REFRESH_SECONDS) : messages.paused;
  return html`<div class="hero ${tone}">
${toneIcon(tone, 56)}
<div><h1>${headline(page)}</h1>
<p>${messages.updated} <time datetime="${new Date(model.now).toISOString()}">${utcTime(model.now)}</time> · ${refresh}
<a href="${viewUrl(view, { refresh: !view.refresh })}">${view.refresh ? messages.pause : messages.resume}</a></p></div>
</div>`;
}

/** The most important thing in one line. */
function headline({ model, messages: { headline: text } }: Page): string {
  const { serverCounts, hostCounts, alerts, config } = model;
  const count = (state: (typeof TARGET_STATES)[number]) => serverCounts[state] + hostCounts[state];
  const watched = TARGET_STATES.filter((state) => state !== 'inactive').reduce((sum, s) => sum + count(s), 0);
  const tone = overallTone(model);
  if (count('down') > 0) return text.down(count('down'), watched);
  const serious = alerts.state === 'known' ? alerts.alerts.filter(({ severity }) => severity !== 'info') : [];
  if (serious.length > 0) return text.alerts(serious.length);
  const unclear = count('stale') + count('partial');
  if (unclear > 0) return text.attention(unclear, watched);
  if (!config.successful) return text.config;
  if (watched === 0) return text.nothing;
  if (count('never') > 0) return text.waiting(count('never'));
  return tone === 'wait' ? text.unknown(watched) : text.good(watched);
}

function configNote({ model: { config }, messages }: Page): Html | undefined {
  if (config.successful) return undefined;
  const error = config.error !== undefined && html`<pre class="mono">${config.error}</pre>`;
  return html`<div class="note warn"><p>${messages.configRefused}</p>${error}</div>`;
}

function filterForm({ view, messages }: Page): Html {
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === (view.state ?? '') && html` selected`}>${text}</option>`;
  const filtered = view.search !== '' || view.state !== undefined;
  const clear = viewUrl(view, { search: '', state: undefined, all: false });
  return html`<form method="get" role="search" aria-label="${messages.filter}">
${view.languageChosen && html`<input type="hidden" name="lang" value="${view.language}">`}
${!view.refresh && html`<input type="hidden" name="refresh" value="off">`}
<label class="grow">${messages.searchLabel}<input type="search" name="q" value="${view.search}" maxlength="200" placeholder="${messages.searchHint}"></label>
<label>${messages.stateLabel}<select name="state">${option('', messages.anyState)}${option('attention', messages.attention)}${[
    ...TARGET_STATES,
  ].map((state) => option(state, messages.stateNames[state]))}</select></label>
<button>${messages.apply}</button>${filtered && html`<a href="${clear}">${messages.clear}</a>`}
</form>`;
}

/** The parts around pgfleet that run, and where to read on. */
function aroundLinks({ model: { links }, messages }: Page): Html[] {
  return (['grafana', 'prometheus', 'alertmanager', 'docs', 'runbooks'] as const).flatMap((name) => {
    const url = webUrl(links[name]);
    return url === undefined
      ? []
      : [html`<li><a href="${url}" rel="noreferrer">${messages.links[name]}</a></li>`];
  });
}

function foot({ model: { version, config }, messages }: Page): Html {
  return html`<footer>
<p>pgfleet ${version} · ${messages.configLoaded} ${utcTime(config.loadedAt)}</p>
<p><a href="metrics">${messages.ownMetrics}</a></p>
</footer>`;
}

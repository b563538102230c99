import type { FiringAlert } from './firing-alerts.ts';
import { type Html, html } from './html.ts';
import { severityTone, stateIcon, stateTone, toneIcon } from './status-icons.ts';
import { type StateCounts, TARGET_STATES } from './status-model.ts';
import type { Page } from './status-page.ts';
import { verdictTiles } from './status-verdicts.ts';
import { viewUrl } from './status-view.ts';

/** Figures of servers, hosts and alerts; under them what the rules say of both. */
export function summaryTiles(page: Page): Html {
  const { model, messages } = page;
  return html`<section class="tiles" aria-label="${messages.summary}">
${targetTile('servers', model.serverCounts, page)}
${targetTile('hosts', model.hostCounts, page)}
${alertTile(page)}
${verdictTiles(page)}
</section>`;
}

function targetTile(id: 'servers' | 'hosts', counts: StateCounts, { view, messages }: Page): Html {
  const present = TARGET_STATES.filter((state) => counts[state] > 0);
  const total = present.reduce((sum, state) => sum + counts[state], 0);
  const watched = total - counts.inactive;
  const legend = present.map((state) => {
    const url = `${viewUrl(view, { state, search: '', all: false })}#${id}`;
    return html`<li><a href="${url}">${stateIcon(state)}${counts[state]} ${messages.stateNames[state]}</a></li>`;
  });
  return html`<div class="card tile"><h2>${messages[id]}</h2>
<p class="figure">${counts.up}<small> / ${watched} ${messages.stateNames.up.toLowerCase()}</small></p>
${bar(counts, total)}<ul class="legend">${legend}</ul></div>`;
}

/** Shares of the states as one bar; the legend under it says the same in words. */
function bar(counts: StateCounts, total: number): Html {
  let x = 0;
  const parts = [...TARGET_STATES].reverse().map((state) => {
    const width = total === 0 ? 0 : (counts[state] / total) * 1000;
    x += width;
    const tone = stateTone(state);
    return width > 0 && html`<rect class="${tone}" x="${x - width}" width="${width}" height="8"/>`;
  });
  return html`<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

function alertTile({ model: { alerts }, messages }: Page): Html {
  if (alerts.state !== 'known') {
    const text = alerts.state === 'off' ? messages.alertsOffShort : messages.alertsUnknownShort;
    return html`<div class="card tile"><h2>${messages.alerts}</h2><p class="figure" aria-hidden="true">–</p><p>${text}</p></div>`;
  }
  const legend = (['critical', 'warning', 'info', 'other'] as const).flatMap((severity) => {
    const count = alerts.alerts.filter((alert) => alert.severity === severity).length;
    return count === 0 ? [] : [severityItem(severity, count, messages.severityNames[severity])];
  });
  const text =
    legend.length === 0 ? html`<p>${messages.noAlerts}</p>` : html`<ul class="legend">${legend}</ul>`;
  return html`<div class="card tile"><h2>${messages.alerts}</h2><p class="figure">${alerts.alerts.length}</p>${text}</div>`;
}

function severityItem(severity: FiringAlert['severity'], count: number, name: string): Html {
  return html`<li><span>${toneIcon(severityTone(severity), 18)}${count} ${name}</span></li>`;
}

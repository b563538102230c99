import type { FiringAlert, FiringAlerts } from './firing-alerts.ts';
import { type Html, html, webUrl } from './html.ts';
import { severityTone, toneIcon } from './status-icons.ts';
import type { Page } from './status-page.ts';
import { age } from './status-time.ts';

/** Far more than a person reads here; Prometheus and Alertmanager show the rest. */
const MAX_ALERTS = 50;

/** The firing alerts, or why it is not known which fire; nothing when no Prometheus is configured. */
export function alertSection(page: Page): Html | undefined {
  const { alerts } = page.model;
  const { messages } = page;
  if (alerts.state === 'off') return undefined;
  if (alerts.state === 'unknown') {
    return html`<div class="note warn" role="status"><p>${messages.alertsUnknown}</p><pre class="mono">${alerts.reason}</pre></div>`;
  }
  const rules = !alerts.rulesLoaded && html`<div class="note warn"><p>${messages.rulesMissing}</p></div>`;
  return html`${rules}${alerts.alerts.length > 0 && alertList(alerts, page)}`;
}

function alertList({ alerts }: Extract<FiringAlerts, { state: 'known' }>, page: Page): Html {
  const { messages } = page;
  const left = alerts.length - MAX_ALERTS;
  return html`<section class="block" id="alerts" aria-labelledby="alerts-title">
<div class="head"><h2 id="alerts-title">${messages.alerts}</h2><span>${alerts.length}</span></div>
<div class="card"><ul class="alerts">${alerts.slice(0, MAX_ALERTS).map((alert) => alertItem(alert, page))}</ul>
${left > 0 && html`<p class="empty">${messages.moreAlerts(left)}</p>`}</div>
</section>`;
}

function alertItem(alert: FiringAlert, { model, view, messages }: Page): Html {
  const { annotations, labels, severity, activeAt } = alert;
  const translated = view.language === 'en' ? undefined : annotations[`summary_${view.language}`];
  const runbook = webUrl(annotations['runbook_url']);
  const dashboard = webUrl(annotations['dashboard_url']);
  return html`<li>
<span class="state">${toneIcon(severityTone(severity), 18)}${messages.severityNames[severity]}</span>
<div class="what"><p>${translated ?? annotations['summary'] ?? alert.name}</p>
<p class="more"><span>${alert.name}</span>${labels['instance'] !== undefined && html`<span class="mono">${labels['instance']}</span>`}
${runbook !== undefined && html`<a href="${runbook}" rel="noreferrer">${messages.runbook}</a>`}
${dashboard !== undefined && html`<a href="${dashboard}" rel="noreferrer">${messages.dashboard}</a>`}</p></div>
<span class="when">${activeAt !== undefined && firingSince(activeAt, model.now, view.language)}</span>
</li>`;
}

function firingSince(activeAt: number, now: number, language: Page['view']['language']): Html {
  const seconds = Math.max(0, (now - activeAt) / 1000);
  return html`<time datetime="${new Date(activeAt).toISOString()}">${age(seconds, language)}</time>`;
}

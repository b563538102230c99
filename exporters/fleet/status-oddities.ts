import type { Instance } from './estate.ts';
import { majorText } from './formats/startup-answer.ts';
import { type Html, html } from './html.ts';
import { bornOn } from './identity.ts';
import { oddityIcon } from './status-icons.ts';
import type { Messages } from './status-page.messages.ts';
import type { Page } from './status-page.ts';
import { age } from './status-time.ts';

/** More than a person goes through here; `pgfleet discover` lists all. */
const MAX_ODDITIES = 50;

/** What discovery found that is not as declared; nothing before the first look, and when all is as declared. */
export function odditySection({ model, view, messages }: Page): Html | undefined {
  const { oddities, lookedAt, now } = model;
  if (oddities.length === 0 || lookedAt === undefined) return undefined;
  const left = oddities.length - MAX_ODDITIES;
  const looked = age(Math.max(0, (now - lookedAt) / 1000), view.language);
  return html`<section class="block" id="oddities" aria-labelledby="oddities-title">
<div class="head"><h2 id="oddities-title">${messages.oddities}</h2><span>${oddities.length} · ${looked}</span></div>
<div class="card"><ul class="alerts">${oddities.slice(0, MAX_ODDITIES).map((instance) => item(instance, messages))}</ul>
${left > 0 && html`<p class="empty">${messages.moreOddities(left)}</p>`}</div>
</section>`;
}

function item(instance: Instance, messages: Messages): Html {
  const { label, kind, majors, machine, dataDirectory, systemIdentifier, techniques, findings, status } =
    instance;
  const product = { postgresql: 'PostgreSQL', pgbouncer: 'PgBouncer', pgwire: '' }[kind];
  const what = [product, majorText(majors)].filter(Boolean).join(' ');
  const born = bornOn(systemIdentifier);
  const worst = findings.some((finding) => finding.kind === 'clone') ? 'clone' : status;
  return html`<li>
<span class="state">${oddityIcon(worst)}${messages.oddityNames[worst]}</span>
<div class="what"><p class="mono">${label}</p>${oddityTexts(instance, messages).map((text) => html`<p>${text}</p>`)}
<p class="more"><span>${what}</span>${dataDirectory !== undefined && html`<span class="mono">${machine}:${dataDirectory}</span>`}${born !== undefined && html`<span>${messages.born(born)}</span>`}${techniques.length > 0 && html`<span>${messages.foundBy(techniques.join(', '))}</span>`}</p></div>
<span class="when"></span>
</li>`;
}

function oddityTexts({ findings, servers, status, state }: Instance, messages: Messages): string[] {
  return [
    ...findings.map(({ kind, others }) => messages.findings[kind](others.join(', '))),
    ...(servers.length > 1 ? [messages.declaredTwice(servers.map(({ name }) => name).join(', '))] : []),
    ...(status === 'ghost' && state !== 'stopped' ? [messages.ghost] : []),
  ];
}

import { type Html, html } from './html.ts';
import { stateIcon } from './status-icons.ts';
import type { TargetRow } from './status-model.ts';
import type { Messages } from './status-page.messages.ts';
import type { Page } from './status-page.ts';
import { age } from './status-time.ts';
import { gradeBadge, rowVerdicts } from './status-verdicts.ts';
import { filterRows, viewUrl } from './status-view.ts';

/** Rows drawn unless all are asked for: more than a person reads, few enough for an old phone. */
const FIRST_ROWS = 200;

type TableId = 'servers' | 'hosts';

/** A section with the table of servers or hosts; on narrow screens every row becomes a card. */
export function targetSection(id: TableId, page: Page): Html {
  const { model, view, messages } = page;
  const rows = model[id];
  const matching = filterRows(rows, view);
  const filtered = matching.length === rows.length ? `${rows.length}` : `${matching.length} / ${rows.length}`;
  return html`<section class="block" id="${id}" aria-labelledby="${id}-title">
<div class="head"><h2 id="${id}-title">${messages[id]}</h2><span>${filtered}</span></div>
<div class="card">${rows.length === 0 ? emptyText(id, messages) : table(id, matching, page)}</div>
</section>`;
}

function emptyText(id: TableId, messages: Messages): Html {
  const how = id === 'servers' ? messages.declareServers : messages.declareHosts;
  return html`<p class="empty">${messages.nothingDeclared} ${how}</p>`;
}

function table(id: TableId, matching: readonly TargetRow[], page: Page): Html {
  const { view, messages } = page;
  if (matching.length === 0) return html`<p class="empty">${messages.noMatch}</p>`;
  const shown = view.all ? matching : matching.slice(0, FIRST_ROWS);
  const { columns } = messages;
  const subject = id === 'servers' ? columns.server : columns.host;
  const version = id === 'servers' ? columns.version : columns.system;
  const titles = [subject, columns.state, version, columns.probed, columns.lifecycle, columns.labels];
  return html`<table class="rows" role="table" aria-labelledby="${id}-title">
<thead role="rowgroup"><tr role="row">${titles.map((title) => html`<th scope="col" role="columnheader">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">${shown.map((row) => tableRow(row, titles, page))}</tbody>
</table>${shown.length < matching.length && more(id, shown.length, matching.length, page)}`;
}

function more(id: TableId, shown: number, total: number, { messages, view }: Page): Html {
  const url = `${viewUrl(view, { all: true })}#${id}`;
  return html`<p class="empty">${messages.shown(shown, total)} <a href="${url}">${messages.showAll}</a></p>`;
}

function tableRow(row: TargetRow, titles: readonly string[], page: Page): Html {
  const { messages } = page;
  const [, state = '', version = '', probed = '', lifecycle = '', labels = ''] = titles;
  const known = html`<span class="state">${stateIcon(row.state)}${messages.stateNames[row.state]}</span>${gradeBadge(row, messages)}`;
  return html`<tr role="row">
<th scope="row" role="rowheader" class="lead"><a href="explain?target=${encodeURIComponent(row.name)}">${row.name}</a><span class="sub mono">${row.endpoint}</span>${problem(row, messages)}${rowVerdicts(row, messages)}</th>
${cell(state, known, messages)}
${cell(version, versionAndRole(row, messages), messages)}
${cell(probed, lastProbe(row, page), messages)}
${cell(lifecycle, html`${messages.lifecycleNames[row.lifecycle]}`, messages)}
${cell(labels, labelList(row, messages), messages)}
</tr>`;
}

/** A cell; an empty one shows a dash that a screen reader names, and nothing on narrow screens. */
function cell(title: string, content: Html | undefined, messages: Messages): Html {
  if (content !== undefined) return html`<td role="cell" data-label="${title}">${content}</td>`;
  return html`<td role="cell" class="blank"><span aria-hidden="true">–</span><span class="hidden">${messages.absent}</span></td>`;
}

function versionAndRole({ version, role }: TargetRow, messages: Messages): Html | undefined {
  if (version === undefined && role === undefined) return undefined;
  return html`<span class="keep">${version}${role !== undefined && html`<span class="sub">${roleName(role, messages)}</span>`}</span>`;
}

function problem(row: TargetRow, messages: Messages): Html | undefined {
  if (row.undead) return html`<span class="err warn">${messages.undead}</span>`;
  if (row.error === undefined || row.state === 'up') return undefined;
  return html`<span class="${row.state === 'down' ? 'err' : 'err warn'}">${row.error}</span>`;
}

function lastProbe(row: TargetRow, { messages, view, model: { now } }: Page): Html | undefined {
  if (row.ageSeconds === undefined) return undefined;
  const at = new Date(now - row.ageSeconds * 1000).toISOString();
  const took = row.durationMs === undefined ? undefined : messages.took(row.durationMs.toFixed(0));
  return html`<span class="num"><time datetime="${at}">${age(row.ageSeconds, view.language)}</time><span class="sub">${took}</span></span>`;
}

function labelList({ labels }: TargetRow, messages: Messages): Html | undefined {
  if (labels.length === 0) return undefined;
  const names: Readonly<Record<string, string>> = messages.labelNames;
  const items = labels.map(([name, value]) => html`<li><span>${names[name] ?? name}</span> ${value}</li>`);
  return html`<ul class="tags">${items}</ul>`;
}

function roleName(role: string, { roles }: Messages): string {
  return role === 'primary' || role === 'standby' ? roles[role] : role;
}

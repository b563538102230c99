import { type Html, html } from './html.ts';
import { gradeTone, toneIcon } from './status-icons.ts';
import type { TargetRow } from './status-model.ts';
import type { Messages } from './status-page.messages.ts';
import type { Page } from './status-page.ts';
import { type Condition, type Evidence, GRADES, type HostFinding } from './verdicts.ts';

/** More than a person reads of one row; the dashboards have the rest. */
const MAX_LINES = 8;

/** What is the matter with a server or host, each with the series that says so; then what cannot be told. */
export function rowVerdicts({ conditions, findings }: TargetRow, messages: Messages): Html | undefined {
  const found = conditions.filter(({ verdict }) => verdict === 'found');
  const lines = [
    ...findings.map((finding) => line(findingText(finding, messages), finding.evidence)),
    ...found.map((condition) => line(conditionText(condition, messages), condition.evidence)),
  ];
  const open = conditions.filter(({ verdict }) => verdict === 'undetermined');
  if (lines.length === 0 && open.length === 0) return undefined;
  const more = lines.length - MAX_LINES;
  const untold = [...new Set(open.map((condition) => conditionText(condition, messages)))].join(', ');
  return html`<ul class="verdicts">${lines.slice(0, MAX_LINES)}${more > 0 && html`<li>${messages.moreVerdicts(more)}</li>`}${untold !== '' && html`<li class="open">${messages.undetermined(untold)}</li>`}</ul>`;
}

/** What the host is good for. */
export function gradeBadge({ grade }: TargetRow, messages: Messages): Html | undefined {
  if (grade === undefined) return undefined;
  return html`<span class="sub grade">${toneIcon(gradeTone(grade), 18)}${messages.gradeNames[grade]}</span>`;
}

/** How many hosts are good for what, and how many servers need what. */
export function verdictTiles(page: Page): Html {
  const { model, messages } = page;
  const { verdicts } = model;
  if (verdicts.state !== 'known') {
    const text = verdicts.state === 'off' ? messages.verdictsOff : messages.verdictsUnknown;
    const reason = verdicts.state === 'unknown' && html`<p class="mono">${verdicts.reason}</p>`;
    return html`<div class="card tile all"><h2>${messages.verdicts}</h2><p>${text}</p>${reason}</div>`;
  }
  const grades = GRADES.flatMap((grade) => {
    const count = model.hosts.filter((row) => row.grade === grade).length;
    const item = html`<li><span>${toneIcon(gradeTone(grade), 18)}${count} ${messages.gradeNames[grade]}</span></li>`;
    return count === 0 ? [] : [item];
  });
  return html`<div class="card tile"><h2>${messages.grades}</h2>${list(grades, messages.noGrades)}</div>
<div class="card tile wide"><h2>${messages.conditions}</h2>${list(conditionItems(verdicts.conditions, messages), messages.noConditions)}</div>`;
}

function list(items: readonly Html[], otherwise: string): Html {
  return items.length === 0 ? html`<p>${otherwise}</p>` : html`<ul class="legend">${items}</ul>`;
}

/** Servers and hosts by condition, most first; an object with several parts of one condition counts once. */
function conditionItems(conditions: readonly Condition[], messages: Messages): Html[] {
  const instances = new Map<string, Set<string>>();
  for (const { condition, instance, verdict } of conditions) {
    if (verdict !== 'found') continue;
    instances.set(condition, (instances.get(condition) ?? new Set()).add(instance));
  }
  return [...instances]
    .sort(([, a], [, b]) => b.size - a.size)
    .map(([name, { size }]) => html`<li><span>${size} ${nameOf(name, messages.conditionNames)}</span></li>`);
}

function line(text: string, { series, value }: Evidence): Html {
  return html`<li>${text} <span class="mono">${series}: ${evidenceValue(series, value)}</span></li>`;
}

function findingText({ finding, subject }: HostFinding, { findingNames }: Messages): string {
  const name = nameOf(finding, findingNames);
  return subject === '' ? name : `${name} (${subject})`;
}

function conditionText({ condition, part }: Condition, { conditionNames, partNames }: Messages): string {
  const name = nameOf(condition, conditionNames);
  return part === '' ? name : `${name} (${nameOf(part, partNames)})`;
}

/** Rules of the site may have names we have no words for. */
function nameOf(key: string, names: Readonly<Record<string, string>>): string {
  return names[key] ?? key.replaceAll('_', ' ');
}

/** A value in the unit that the name of its series ends with. */
export function evidenceValue(series: string, value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (series.endsWith('_timestamp_seconds') || series.endsWith(':timestamp_seconds')) return dayOf(value);
  if (/[_:]ratio$|_probability$/.test(series)) return `${Number((value * 100).toPrecision(3))} %`;
  return String(Number(value.toPrecision(6)));
}

/** Dates that no calendar has are shown as the number they are. */
function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 10);
}

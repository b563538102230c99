import type { HostReport, Unread } from '../exporters/host/report.ts';
import type { Finding, Severity } from '../exporters/host/report-rule.ts';

/** The report as a page for a terminal: no colours, so that it can be mailed and compared. */
export function hostReportText(report: HostReport): string {
  const { name, madeAt, recorded, identity, age, findings, unread, sudoers, coverage } = report;
  const moment = `${new Date(madeAt * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `${name}, ${recorded ? 'from a capture made' : 'captured'} ${moment}`,
    ...section('Identity', table(identity.map((fact) => [fact.name, fact.text]))),
    ...section('Age', [
      ...(age.years === undefined ? ['unknown: nothing bounds when it was built'] : [age.years]),
      ...(age.built === undefined ? [] : [`built ${age.built}`]),
      ...age.evidence.map((text) => `  ${text}`),
    ]),
    ...section(findingsTitle(findings), findings.flatMap(findingLines)),
    ...(findings.length > 0 ? [] : ['  none in what could be read']),
    ...section(`Not read (${unread.length})`, unread.flatMap(unreadLines)),
    ...(unread.length > 0 ? [] : ['  everything that is there was read']),
    ...(sudoers.length === 0
      ? []
      : section('To allow it, in /etc/sudoers.d/pgfleet on the host (visudo -f)', sudoers)),
    ...section(`Coverage: ${Math.round(coverage.ratio * 100)} % of what such a machine can tell`, [
      ...coverage.missing.map((area) => `missing: ${area}`),
    ]),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => `  ${line}`)];
}

function findingsTitle(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  return `Findings: ${count('critical')} critical, ${count('warning')} warning, ${count('info')} info`;
}

function findingLines({ severity, message, evidence }: Finding): string[] {
  return [`${severity.padEnd(8)}  ${message}`, ...evidence.map((text) => `            ${text}`)];
}

function unreadLines({ what, why, remedy }: Unread): string[] {
  return [`${what}: ${why}`, ...(remedy === undefined ? [] : [`    ${remedy}`])];
}

/** The first column as wide as its widest cell. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `${first.padEnd(width)}  ${second}`);
}

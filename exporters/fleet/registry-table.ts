import { closest } from '../../lib/closest.ts';
import { formatAddress } from '../../lib/config.ts';
import { ParseError } from '../../lib/errors.ts';
import { GROUPING_LABELS, type Lifecycle } from './config.ts';
import { type CsvRow, printCsv } from './formats/csv.ts';
import type { RawEntry } from './imported.ts';
import type { RegisteredHost, RegisteredServer } from './registry.ts';

/** Columns of servers and hosts in tables; further labels are columns `label.NAME`. */
const COMMON_COLUMNS = ['name', ...GROUPING_LABELS, 'lifecycle'] as const;
const SERVER_COLUMNS = ['name', 'address', 'host', ...GROUPING_LABELS, 'lifecycle'] as const;
const HOST_COLUMNS = [
  ...COMMON_COLUMNS,
  ...['transport', 'ssh_address', 'purchased', 'warranty_until', 'power_watts', 'cost_per_year'],
];

/** Titles that people use instead. */
const ALIASES: Readonly<Record<string, string>> = {
  名称: 'name',
  地址: 'address',
  主机: 'host',
  集群: 'cluster',
  应用: 'app',
  环境: 'env',
  负责人: 'owner',
  站点: 'site',
  机房: 'site',
  生命周期: 'lifecycle',
  状态: 'lifecycle',
  采购日期: 'purchased',
  质保到期: 'warranty_until',
  功率: 'power_watts',
  年成本: 'cost_per_year',
  watts: 'power_watts',
  power: 'power_watts',
  cost: 'cost_per_year',
  application: 'app',
  environment: 'env',
  location: 'site',
  status: 'lifecycle',
  purchase_date: 'purchased',
  warranty: 'warranty_until',
  warranty_expires: 'warranty_until',
};

const LIFECYCLE_ALIASES: Readonly<Record<string, Lifecycle>> = {
  规划中: 'planned',
  部署中: 'provisioning',
  使用中: 'in_service',
  待淘汰: 'deprecated',
  已退役: 'retired',
  active: 'in_service',
  staged: 'provisioning',
  decommissioning: 'deprecated',
};

/** Rows of a table as entries. Throws ParseError for a column that means nothing here. */
export function entriesOfTable(kind: 'servers' | 'hosts', file: string, rows: readonly CsvRow[]): RawEntry[] {
  const known: readonly string[] = kind === 'servers' ? SERVER_COLUMNS : HOST_COLUMNS;
  const columns = new Map(
    [...(rows[0]?.fields.keys() ?? [])].map((title) => [title, columnOf(title, known, file)]),
  );
  return rows.map(({ line, fields }) => {
    const entry: { fields: Record<string, string>; labels: Record<string, string> } = {
      fields: {},
      labels: {},
    };
    for (const [title, text] of fields) {
      const column = columns.get(title);
      if (column === undefined || text === '') continue;
      if (column.startsWith('label.')) entry.labels[column.slice('label.'.length)] = text;
      else entry.fields[column] = cellValue(column, text);
    }
    return { where: `${file}:${line}`, ...entry };
  });
}

function columnOf(title: string, known: readonly string[], file: string): string | undefined {
  const plain = title.toLowerCase().replaceAll(' ', '_');
  const name = ALIASES[plain] ?? plain;
  if (name === '' || known.includes(name) || name.startsWith('label.')) return name === '' ? undefined : name;
  const suggestion = closest(name, known);
  const hint =
    suggestion === undefined
      ? `known columns: ${known.join(', ')}, label.NAME`
      : `did you mean "${suggestion}"?`;
  throw new ParseError(`${file}:1`, `a known column (${hint})`, title);
}

/** Spreadsheets write days as 2019/5/1, and people write states in their language. */
function cellValue(column: string, text: string): string {
  if (column === 'lifecycle')
    return LIFECYCLE_ALIASES[text.toLowerCase()] ?? text.toLowerCase().replaceAll(' ', '_');
  if (column !== 'purchased' && column !== 'warranty_until') return text;
  const day = /^(?<year>\d{4})[/.-](?<month>\d{1,2})[/.-](?<day>\d{1,2})$/.exec(text)?.groups;
  if (day === undefined) return text;
  return `${day['year']}-${day['month']?.padStart(2, '0')}-${day['day']?.padStart(2, '0')}`;
}

/** Servers as a table that `entriesOfTable` reads back. */
export function serverTable(servers: readonly RegisteredServer[]): string {
  const labels = labelNames(servers);
  const rows = servers.map((server) => [
    ...[server.name, formatAddress(server.address), server.host ?? ''],
    ...GROUPING_LABELS.map((label) => server[label] ?? ''),
    server.lifecycle,
    ...labels.map((label) => server.labels[label] ?? ''),
  ]);
  return printCsv([...SERVER_COLUMNS, ...labels.map((label) => `label.${label}`)], rows);
}

/** Hosts as a table; `sshAddress` tells where the sshd of a host answers. */
export function hostTable(
  hosts: readonly RegisteredHost[],
  sshAddress: (name: string) => string | undefined,
): string {
  const labels = labelNames(hosts);
  const rows = hosts.map((host) => [
    host.name,
    ...GROUPING_LABELS.map((label) => host[label] ?? ''),
    ...[
      host.lifecycle,
      host.transport,
      sshAddress(host.name) ?? '',
      host.purchased ?? '',
      host.warranty_until ?? '',
      host.power_watts?.toString() ?? '',
      host.cost_per_year?.toString() ?? '',
    ],
    ...labels.map((label) => host.labels[label] ?? ''),
  ]);
  return printCsv([...HOST_COLUMNS, ...labels.map((label) => `label.${label}`)], rows);
}

function labelNames(entries: readonly { readonly labels: Readonly<Record<string, string>> }[]): string[] {
  return [...new Set(entries.flatMap(({ labels }) => Object.keys(labels)))].sort();
}

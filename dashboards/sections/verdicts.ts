import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { bars } from '../panels/bar-gauge.ts';
import { rowToHost, rowToServer } from '../panels/links.ts';
import type { Section } from '../panels/page.ts';
import { COLOR, goodAtZero, NEUTRAL } from '../panels/palette.ts';
import type { Panel } from '../panels/panel.ts';
import { countOf } from '../panels/query.ts';
import { THIS_HOST } from '../panels/selector.ts';
import { stat } from '../panels/stat.ts';
import { table } from '../panels/table.ts';
import { type Locale, text } from '../panels/text.ts';

const GRADES = {
  retire: text('Retire', '退役'),
  unknown: text('Not gradable', '无法评级'),
  watch: text('Watch', '观察'),
  reuse: text('Reuse', '可复用'),
};

function gradeNames(locale: Locale): ValueMapping[] {
  const options = Object.entries(GRADES).map(([grade, name], index) => [
    grade,
    { text: name[locale], index },
  ]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

/** What the rules of alert-rules/fleet say of the servers and hosts that match. */
export function fleetVerdicts(filter: string): Section {
  const found = `pgfleet:server_condition{verdict="found",${filter}}`;
  return {
    title: text('Verdicts', '评定'),
    panels: [
      bars({
        title: text('Hardware', '硬件评级'),
        description: text(
          'Hosts by what they are good for. The worst finding decides; a host of which too little is known is not gradable, and never reuse.',
          '各评级的主机数。最差的发现决定评级；信息不足的主机无法评级，绝不会评为可复用。',
        ),
        width: 6,
        height: 9,
        unit: 'short',
        decimals: 0,
        steps: [{ from: null, color: COLOR.info }],
        noValue: text('no host declared', '未登记主机'),
        queries: [
          { expr: `sort_desc(count by (grade) (pgfleet:host_grade{${filter}}))`, legend: '{{grade}}' },
        ],
      }),
      bars({
        title: text('What should be looked after', '需要处理的事项'),
        description: text(
          'Servers by what the rules found. One server can be in several rows.',
          '规则发现的各类事项涉及的服务器数，一台服务器可能出现在多行。',
        ),
        width: 6,
        height: 9,
        unit: 'short',
        decimals: 0,
        steps: [{ from: null, color: COLOR.warning }],
        noValue: text('nothing found', '未发现问题'),
        queries: [
          {
            expr: `sort_desc(count by (condition) (group by (condition, instance) (${found})))`,
            legend: '{{condition}}',
          },
        ],
      }),
      ...figures(filter),
      conditionTable(found),
      findingTable(
        `max by (instance, finding, grade, subject, evidence) (pgfleet:host_finding * on (instance) group_left () pgfleet:host_graded{${filter}})`,
        12,
        10,
      ),
    ],
  };
}

function figures(filter: string): Panel[] {
  const figure = { width: 4, height: 3, unit: 'short', steps: NEUTRAL } as const;
  return [
    stat({
      ...figure,
      title: text('Effective versions', '有效版本数'),
      description: text(
        'As many equally frequent major versions would be as hard to keep in mind: two to the power of the entropy.',
        '相当于多少个同样常见的大版本：2 的熵次方。',
      ),
      decimals: 1,
      noValue: text('no server answers', '没有服务器应答'),
      queries: [{ expr: 'max(pgfleet:versions_effective:count{of="major"})' }],
    }),
    stat({
      ...figure,
      title: text('Procedures', '运维流程'),
      description: text(
        'Combinations of major version, operating system and replication: each has procedures of its own that somebody must know.',
        '大版本、操作系统与复制方式的组合数：每种都有自己的流程，需要有人掌握。',
      ),
      noValue: text('no server answers', '没有服务器应答'),
      queries: [{ expr: 'max(pgfleet:procedures:count)' }],
    }),
    stat({
      ...figure,
      title: text('Servers per host', '每台主机的服务器'),
      description: text(
        'Servers, declared or found running, for each host that has one.',
        '有服务器的主机上，平均每台的服务器数（已登记或发现在运行）。',
      ),
      decimals: 1,
      noValue: text('no host known', '主机未知'),
      queries: [{ expr: 'avg(pgfleet:host_servers:count)' }],
    }),
    stat({
      ...figure,
      title: text('Silo hosts', '单一用途主机'),
      description: text(
        'Hosts with one server for one application and no standby: what could share a machine.',
        '只为一个应用运行一台服务器且没有备库的主机：可以考虑合并。',
      ),
      queries: [{ expr: countOf(`pgfleet:host_condition{condition="silo",verdict="found",${filter}}`) }],
    }),
    stat({
      ...figure,
      title: text('Idle for a month', '空闲一个月'),
      description: text('Servers with which nobody worked for 30 days.', '30 天内无人使用的服务器。'),
      steps: goodAtZero(COLOR.warning),
      queries: [{ expr: countOf(`pgfleet:server_idle{window="30d",verdict="idle",${filter}}`) }],
    }),
    stat({
      ...figure,
      title: text('Not known', '无法判定'),
      description: text(
        'Verdicts for which the evidence is missing: a privilege, a host, a tool, or time.',
        '因缺少依据而无法判定的项目：权限、主机、工具或时间。',
      ),
      queries: [{ expr: countOf(`pgfleet:server_condition{verdict="undetermined",${filter}}`) }],
    }),
  ];
}

function conditionTable(found: string): Panel {
  return table({
    title: text('Servers to look after', '需要处理的服务器'),
    description: text(
      'Every verdict with the series that says so and its value.',
      '每项评定及其依据的序列与取值。',
    ),
    width: 12,
    height: 10,
    noValue: text('nothing found', '未发现问题'),
    sortBy: { field: 'condition', descending: false },
    queries: [{ expr: `max by (condition, part, server, instance, owner, evidence) (${found})` }],
    columns: [
      { field: 'condition', title: text('Condition', '事项'), width: 160 },
      { field: 'part', title: text('Part', '部分'), width: 90 },
      { field: 'server', title: text('Server', '服务器'), link: rowToServer },
      { field: 'instance', title: text('Instance', '实例') },
      { field: 'owner', title: text('Owner', '负责人') },
      { field: 'evidence', title: text('Evidence', '依据') },
      { field: 'Value', title: text('Value', '取值'), width: 120 },
    ],
  });
}

function findingTable(expr: string, width: number, height: number): Panel {
  return table({
    title: text('Findings of the hardware', '硬件发现'),
    description: text(
      'Why hosts have their grade: each finding with the part, the grade it leads to, and the series that says so.',
      '主机评级的原因：每项发现的部件、所导致的评级以及依据的序列。',
    ),
    width,
    height,
    noValue: text('nothing found', '未发现问题'),
    sortBy: { field: 'grade', descending: false },
    queries: [{ expr }],
    columns: [
      { field: 'instance', title: text('Host', '主机'), link: rowToHost('instance') },
      { field: 'grade', title: text('Grade', '评级'), width: 110, mappings: gradeNames },
      { field: 'finding', title: text('Finding', '发现') },
      { field: 'subject', title: text('Part', '部件') },
      { field: 'evidence', title: text('Evidence', '依据') },
      { field: 'Value', title: text('Value', '取值'), width: 120 },
    ],
  });
}

/** What one host is good for, and why. */
export const hostVerdicts: Section = {
  title: text('Grade', '评级'),
  panels: [
    stat({
      title: text('Good for', '评级结果'),
      description: text(
        'retire: no data on it. unknown: too little could be read, so not reuse. watch: standbys, tests and backups. reuse: anything.',
        'retire：不应存放数据。unknown：可读取的信息不足，不作复用。watch：备库、测试与备份。reuse：任何用途。',
      ),
      width: 4,
      height: 6,
      unit: 'none',
      display: 'name',
      noValue: text('not declared', '未登记'),
      queries: [{ expr: `group by (grade) (pgfleet:host_grade${THIS_HOST})`, legend: '{{grade}}' }],
    }),
    findingTable(
      `max by (instance, finding, grade, subject, evidence) (pgfleet:host_finding${THIS_HOST})`,
      20,
      6,
    ),
  ],
};

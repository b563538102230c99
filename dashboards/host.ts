import { rowToServer } from './panels/links.ts';
import type { Page, Section } from './panels/page.ts';
import { THIS_HOST } from './panels/selector.ts';
import { stat } from './panels/stat.ts';
import { STATE_STEPS, stateNames } from './panels/state.ts';
import { table } from './panels/table.ts';
import { text } from './panels/text.ts';
import { timeSeries } from './panels/time-series.ts';
import { alertSection } from './sections/alerts.ts';
import { hostDevices } from './sections/host-devices.ts';
import { hostResources } from './sections/host-resources.ts';
import { hostVerdicts } from './sections/verdicts.ts';

const UNREADABLE = text('host not readable', '主机无法读取');

const identity: Section = {
  panels: [
    stat({
      title: text('State', '状态'),
      description: text(
        'The worst thing known about this host: not readable, a critical alert, a warning, or nothing.',
        '关于该主机的最差状态：无法读取、严重告警、警告，或正常。',
      ),
      width: 3,
      height: 4,
      unit: 'none',
      steps: STATE_STEPS,
      mappings: stateNames,
      noValue: text('not declared', '未登记'),
      queries: [{ expr: `max(pgfleet:host_state${THIS_HOST})` }],
    }),
    stat({
      title: text('Operating system', '操作系统'),
      description: text('What /etc/os-release says.', '/etc/os-release 中的名称。'),
      width: 6,
      height: 4,
      unit: 'none',
      display: 'name',
      noValue: text('unknown', '未知'),
      queries: [{ expr: `group by (pretty_name) (node_os_info${THIS_HOST})`, legend: '{{pretty_name}}' }],
    }),
    stat({
      title: text('Kernel', '内核'),
      description: text('Release of the kernel that runs.', '正在运行的内核版本。'),
      width: 5,
      height: 4,
      unit: 'none',
      display: 'name',
      noValue: UNREADABLE,
      queries: [{ expr: `group by (release) (node_uname_info${THIS_HOST})`, legend: '{{release}}' }],
    }),
    stat({
      title: text('Up for', '已运行'),
      description: text('Time since the last boot.', '自上次启动以来的时间。'),
      width: 3,
      height: 4,
      unit: 's',
      decimals: 1,
      noValue: UNREADABLE,
      queries: [{ expr: `time() - max(node_boot_time_seconds${THIS_HOST})` }],
    }),
    stat({
      title: text('Processors', '处理器'),
      description: text('Logical processors the kernel uses.', '内核使用的逻辑处理器数。'),
      width: 2,
      height: 4,
      unit: 'short',
      noValue: UNREADABLE,
      queries: [{ expr: `count(count by (cpu) (node_cpu_seconds_total${THIS_HOST}))` }],
    }),
    stat({
      title: text('Memory', '内存'),
      description: text('Memory the kernel can use.', '内核可以使用的内存总量。'),
      width: 3,
      height: 4,
      unit: 'bytes',
      decimals: 0,
      noValue: UNREADABLE,
      queries: [{ expr: `max(node_memory_MemTotal_bytes${THIS_HOST})` }],
    }),
    stat({
      title: text('Hardware or virtual', '物理机或虚拟机'),
      description: text(
        'Kind of virtual machine, or "none" for hardware. Age and disk health of a virtual machine are those of a host we do not see.',
        '虚拟机的类型，物理机为 “none”。虚拟机的年龄与磁盘健康取决于我们看不到的宿主机。',
      ),
      width: 2,
      height: 4,
      unit: 'none',
      display: 'name',
      noValue: text('unknown', '未知'),
      queries: [{ expr: `group by (kind) (pgfleet_host_virtual_info${THIS_HOST})`, legend: '{{kind}}' }],
    }),
  ],
};

const evidence: Section = {
  title: text('What could be read', '读取情况'),
  panels: [
    timeSeries({
      title: text('Sections of the capture', '采集的各部分'),
      description: text(
        'How reading each part of the host went. Denied parts need a privilege, failed ones a look at `pgfleet explain`.',
        '读取主机各部分的结果。被拒绝的需要授权，失败的请查看 `pgfleet explain`。',
      ),
      width: 8,
      height: 8,
      unit: 'short',
      min: 0,
      draw: 'stacked areas',
      noValue: UNREADABLE,
      queries: [{ expr: `sum by (status) (pgfleet_host_sections${THIS_HOST})`, legend: '{{status}}' }],
    }),
    timeSeries({
      title: text('Clock against pgfleet', '时钟偏差'),
      description: text(
        'How far the clock of the host is ahead, and how exact that measurement is.',
        '主机时钟超前的时间，以及该测量的误差。',
      ),
      width: 8,
      height: 8,
      unit: 's',
      noValue: UNREADABLE,
      queries: [
        { expr: `pgfleet_host_clock_offset_seconds${THIS_HOST}`, legend: text('ahead', '超前') },
        {
          expr: `pgfleet_host_clock_offset_error_seconds${THIS_HOST}`,
          legend: text('error at most', '最大误差'),
        },
      ],
    }),
    table({
      title: text('Processor vulnerabilities', '处理器漏洞'),
      description: text(
        'What the kernel says about each known hole. Old kernels say nothing, which is not "not affected".',
        '内核对各已知漏洞的说明。旧内核不报告，但这不代表“不受影响”。',
      ),
      width: 8,
      height: 8,
      noValue: text('not reported by this kernel', '该内核不报告'),
      queries: [
        { expr: `group by (codename, state, mitigation) (node_cpu_vulnerabilities_info${THIS_HOST})` },
      ],
      columns: [
        { field: 'codename', title: text('Vulnerability', '漏洞') },
        { field: 'state', title: text('State', '状态'), width: 120 },
        { field: 'mitigation', title: text('Mitigation', '缓解措施') },
      ],
    }),
  ],
};

export const dashboard: Page = {
  id: 'pgfleet-host',
  title: text('Host', '主机'),
  description: text(
    'One machine: what it is, how it is doing, and which servers live on it.',
    '单台机器：它是什么、状况如何、其上有哪些服务器。',
  ),
  variables: [
    {
      name: 'host',
      label: text('Host', '主机'),
      query: 'label_values(pgfleet_registry_host_info, instance)',
      choice: 'one',
    },
  ],
  sections: [
    identity,
    hostVerdicts,
    {
      title: text('Servers on this host', '该主机上的服务器'),
      panels: [
        table({
          title: text('Servers', '服务器'),
          description: text(
            'The servers the registry places on this host.',
            '登记表中位于该主机上的服务器。',
          ),
          width: 24,
          height: 5,
          noValue: text('no server declared here', '未登记服务器'),
          queries: [
            {
              expr: 'max by (server, instance, cluster, app, owner, lifecycle) (pgfleet:server_state{host="$host"})',
            },
          ],
          columns: [
            { field: 'server', title: text('Server', '服务器'), link: rowToServer },
            { field: 'instance', title: text('Instance', '实例') },
            { field: 'cluster', title: text('Cluster', '集群') },
            { field: 'app', title: text('Application', '应用') },
            { field: 'owner', title: text('Owner', '负责人') },
            { field: 'lifecycle', title: text('Lifecycle', '生命周期') },
            {
              field: 'Value',
              title: text('State', '状态'),
              width: 120,
              mappings: stateNames,
              steps: STATE_STEPS,
            },
          ],
        }),
      ],
    },
    alertSection('host="$host"'),
    hostResources,
    hostDevices,
    evidence,
  ],
};

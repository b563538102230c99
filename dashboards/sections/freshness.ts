import type { Section } from '../panels/page.ts';
import { COLOR, goodFrom } from '../panels/palette.ts';
import { stat } from '../panels/stat.ts';
import { valueMapping } from '../panels/state.ts';
import { text } from '../panels/text.ts';

/** The strip at the top: can what follows be believed? */
export const freshness: Section = {
  panels: [
    stat({
      title: text('Oldest probe', '最久未探测'),
      description: text(
        'Time since the probe of the target that has waited longest. Beyond a few scrape intervals the rest of this page is history.',
        '等待最久的目标距上次探测的时间。超过几个抓取间隔后，本页其余内容只是历史。',
      ),
      width: 4,
      height: 3,
      unit: 's',
      decimals: 0,
      steps: [
        { from: null, color: COLOR.ok },
        { from: 120, color: COLOR.warning },
        { from: 300, color: COLOR.critical },
      ],
      noValue: text('pgfleet is not scraped', '未抓取到 pgfleet'),
      queries: [{ expr: 'max(pgfleet_probe_oldest_age_seconds)' }],
    }),
    stat({
      title: text('Alerting path', '告警链路'),
      description: text(
        'Whether the always-firing alert Watchdog fires: the rules are loaded and evaluated.',
        '始终触发的告警 Watchdog 是否在触发：规则已加载并在评估。',
      ),
      width: 4,
      height: 3,
      unit: 'none',
      steps: goodFrom(1, COLOR.critical),
      mappings: (locale) => [
        valueMapping([
          [0, text('Not working', '不工作')[locale]],
          [1, text('Working', '工作中')[locale]],
        ]),
      ],
      queries: [
        { expr: 'clamp_max(count(ALERTS{alertname="Watchdog",alertstate="firing"}), 1) or vector(0)' },
      ],
    }),
    stat({
      title: text('Configuration', '配置'),
      description: text(
        'Whether the last reload of pgfleet.yml was taken. When it was refused, changes since then are not in effect.',
        '最近一次重新加载 pgfleet.yml 是否成功。若被拒绝，此后的修改均未生效。',
      ),
      width: 4,
      height: 3,
      unit: 'none',
      steps: goodFrom(1, COLOR.warning),
      mappings: (locale) => [
        valueMapping([
          [0, text('Refused', '被拒绝')[locale]],
          [1, text('In effect', '已生效')[locale]],
        ]),
      ],
      noValue: text('pgfleet is not scraped', '未抓取到 pgfleet'),
      queries: [{ expr: 'min(pgfleet_config_last_reload_successful)' }],
    }),
    stat({
      title: text('Oldest catalog', '最旧的目录数据'),
      description: text(
        'Time since the least recently checked file of end-of-life dates and hardware generations was held against its source.',
        '生命周期日期与硬件代次数据中，最久未与来源核对的文件距今的时间。',
      ),
      width: 4,
      height: 3,
      unit: 's',
      decimals: 0,
      noValue: text('no catalog', '无目录数据'),
      queries: [{ expr: 'max(pgfleet_catalog_age_seconds)' }],
    }),
    stat({
      title: text('pgfleet', 'pgfleet'),
      description: text('Version of pgfleet that answers.', '正在应答的 pgfleet 的版本。'),
      width: 4,
      height: 3,
      unit: 'none',
      display: 'name',
      noValue: text('unknown', '未知'),
      queries: [{ expr: 'group by (version) (pgfleet_build_info)', legend: '{{version}}' }],
    }),
    stat({
      title: text('Rule pack', '规则包'),
      description: text(
        'Version of the alert rules this Prometheus runs.',
        '该 Prometheus 运行的告警规则版本。',
      ),
      width: 4,
      height: 3,
      unit: 'none',
      display: 'name',
      noValue: text('not loaded', '未加载'),
      queries: [{ expr: 'group by (version) (pgfleet:rules:info)', legend: '{{version}}' }],
    }),
  ],
};

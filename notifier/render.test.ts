import { describe, expect, it } from 'vitest';
import type { Incident } from './incident.ts';
import { layout, PLAIN } from './layout.ts';
import { type RenderOptions, renderNews, renderNotice } from './render.ts';

const NOW = Date.parse('2026-11-22T08:03:11Z');
const MINUTE = 60_000;

const options: RenderOptions = {
  id: 'm1',
  language: 'en',
  timezone: 'Asia/Shanghai',
  now: NOW,
  possibleDuplicate: false,
  plain: false,
  alertmanagerUrl: undefined,
};

function incident(changes: Partial<Incident> = {}): Incident {
  return {
    id: 'i1',
    source: 'main',
    fingerprint: 'f1',
    severity: 'critical',
    labels: {
      alertname: 'DiskFills',
      severity: 'critical',
      instance: 'db1:5432',
      host: 'web1',
      env: 'prod',
      owner: 'team-a',
      mountpoint: '/data',
    },
    annotations: {
      summary: 'Disk /data fills up in 6 hours',
      summary_zh: '磁盘 /data 预计 6 小时后写满',
      description: 'Free: 4%.\nGrowth: 2 GB per hour.',
      description_zh: '剩余 4%。\n每小时增长 2 GB。',
      runbook_url: 'https://docs.example/runbooks/DiskFills',
      dashboard_url: 'https://grafana.example/d/1',
    },
    generatorUrl: 'http://prometheus.example/graph?g0.expr=x',
    externalUrl: 'http://alertmanager.example/',
    startsAt: NOW - 12 * MINUTE,
    endsAt: undefined,
    openedAt: NOW - 11 * MINUTE,
    closedAt: undefined,
    endKnown: true,
    truncated: 0,
    ...changes,
  };
}

describe('renderNews of one incident', () => {
  it('says in English what, where, since when and where to go', () => {
    const message = renderNews([{ incident: incident(), change: 'open' }], options);

    expect(message.title).toBe('[CRITICAL][FIRING] db1:5432: Disk /data fills up in 6 hours');
    expect(layout(message, PLAIN)).toBe(
      [
        '[CRITICAL][FIRING] db1:5432: Disk /data fills up in 6 hours',
        '',
        'Free: 4%.',
        'Growth: 2 GB per hour.',
        'Where db1:5432 · web1 · prod',
        'Since 2026-11-22 15:51:11 +08:00 (12 minutes)',
        'Owner team-a',
        'Labels mountpoint=/data',
        'Runbook: https://docs.example/runbooks/DiskFills',
        'Dashboard: https://grafana.example/d/1',
        'Query: http://prometheus.example/graph?g0.expr=x',
        `Silence: http://alertmanager.example/#/silences/new?filter=${encodeURIComponent(
          '{alertname="DiskFills",severity="critical",instance="db1:5432",host="web1",env="prod",owner="team-a",mountpoint="/data"}',
        )}`,
      ].join('\n'),
    );
  });

  it('says the same in Chinese, with the Chinese annotations', () => {
    const message = renderNews([{ incident: incident(), change: 'repeat' }], { ...options, language: 'zh' });

    expect(message.title).toBe('[严重][持续] db1:5432：磁盘 /data 预计 6 小时后写满');
    expect(message.items[0]?.description).toEqual(['剩余 4%。', '每小时增长 2 GB。']);
    expect(message.items[0]?.facts).toContainEqual({
      name: '开始',
      value: '2026-11-22 15:51:11 +08:00 (12 分钟)',
    });
    expect(message.items[0]?.links.map(({ text }) => text)).toEqual(['处理手册', '仪表盘', '查询', '静默']);
  });

  it('takes the other language where one is missing, and the name where both are', () => {
    const onlyEnglish = incident({ annotations: { summary: 'Down' } });
    const nothing = incident({ annotations: {} });
    const zh = { ...options, language: 'zh' as const };

    expect(renderNews([{ incident: onlyEnglish, change: 'open' }], zh).title).toBe(
      '[严重][触发] db1:5432：Down',
    );
    expect(renderNews([{ incident: nothing, change: 'open' }], zh).title).toBe(
      '[严重][触发] db1:5432：DiskFills',
    );
  });

  it('tells when and after how long it ended, and offers no silence', () => {
    const over = incident({ endsAt: NOW - 2 * MINUTE, closedAt: NOW });

    const message = renderNews([{ incident: over, change: 'close' }], options);

    expect(message.resolved).toBe(true);
    expect(message.title).toContain('[CRITICAL][RESOLVED]');
    expect(message.items[0]?.facts).toContainEqual({
      name: 'Ended',
      value: '2026-11-22 16:01:11 +08:00 (lasted 10 minutes)',
    });
    expect(message.items[0]?.links.map(({ text }) => text)).not.toContain('Silence');
  });

  it('does not invent an end that nobody saw', () => {
    const vanished = incident({ closedAt: NOW, endsAt: NOW, endKnown: false });

    const message = renderNews([{ incident: vanished, change: 'close' }], options);

    expect(message.items[0]?.facts.find(({ name }) => name === 'Ended')?.value).toContain('is unknown');
  });

  it('marks duplicates and what Alertmanager cut off', () => {
    const message = renderNews([{ incident: incident({ truncated: 7 }), change: 'open' }], {
      ...options,
      possibleDuplicate: true,
    });

    expect(message.notes).toEqual([
      expect.stringContaining('Possibly a duplicate'),
      expect.stringContaining('left 7 more alerts'),
    ]);
  });

  it('links only to http(s), whatever the annotations say', () => {
    const hostile = incident({
      annotations: {
        summary: 'x',
        runbook_url: 'javascript:alert(1)',
        dashboard_url: 'https://user:pw@evil.example/',
      },
      generatorUrl: 'file:///etc/passwd',
      externalUrl: 'not an address',
    });

    expect(renderNews([{ incident: hostile, change: 'open' }], options).items[0]?.links).toEqual([]);
  });

  it('keeps hostile text on its line', () => {
    const hostile = incident({
      labels: { alertname: 'A', instance: 'db1\r\nBcc: x@evil.example', severity: 'critical' },
      annotations: { summary: 'a\u202Eb\u0000c\nd\ud800' },
    });

    expect(renderNews([{ incident: hostile, change: 'open' }], options).title).toBe(
      '[CRITICAL][FIRING] db1 Bcc: x@evil.example: abc d\ufffd',
    );
  });
});

describe('renderNews of many incidents', () => {
  const at = (instance: string) => ({ alertname: 'Down', instance });

  it('counts in the title and puts the urgent first', () => {
    const message = renderNews(
      [
        { incident: incident({ id: 'a', severity: 'warning', labels: at('db3') }), change: 'open' },
        { incident: incident({ id: 'b', labels: at('db2') }), change: 'close' },
        { incident: incident({ id: 'c', labels: at('db1') }), change: 'open' },
        { incident: incident({ id: 'd', severity: 'warning', labels: at('db3') }), change: 'open_close' },
      ],
      options,
    );

    expect(message.items.map((item) => item.incident.id)).toEqual(['c', 'b', 'a', 'd']);
    expect(message.title).toBe('[CRITICAL] 2 firing, 1 fired and resolved, 1 resolved: db1, db2, db3');
    expect(message.lead).toEqual([
      'CRITICAL: 1 firing, 1 resolved',
      'WARNING: 1 firing, 1 fired and resolved',
      'Where: db3 (2), db1, db2',
    ]);
    expect(message.resolved).toBe(false);
    expect(message.links).toEqual([{ text: 'Alertmanager', url: 'http://alertmanager.example/#/alerts' }]);
  });

  it('names three places and counts the rest', () => {
    const news = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
      incident: incident({ id, labels: at(id) }),
      change: 'open' as const,
    }));

    expect(renderNews(news, { ...options, language: 'zh' }).title).toBe(
      '[严重] 5 条触发：a、b、c 等另外 2 处',
    );
  });
});

describe('renderNotice', () => {
  it('has the words of the language and its own time', () => {
    const notice = {
      severity: 'warning' as const,
      title: { en: 'Channel broken', zh: '渠道故障' },
      lines: [{ en: 'why', zh: '原因' }],
    };

    expect(renderNotice(notice, { ...options, language: 'zh' })).toMatchObject({
      title: '[警告] 渠道故障',
      lead: ['原因'],
      items: [],
      notes: ['pgfleet, 2026-11-22 16:03:11 +08:00'],
    });
  });
});

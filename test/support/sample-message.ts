import type { Incident } from '../../notifier/incident.ts';
import type { Message } from '../../notifier/message.ts';
import { type News, type RenderOptions, renderNews } from '../../notifier/render.ts';

/** 2026-11-22 16:03:11 in Shanghai. */
export const SAMPLE_NOW = Date.parse('2026-11-22T08:03:11Z');

/** A critical alert that has fired for twelve minutes. */
export function sampleIncident(changes: Partial<Incident> = {}): Incident {
  return {
    id: 'i1',
    source: 'main',
    fingerprint: 'f1',
    severity: 'critical',
    labels: { alertname: 'DiskFills', severity: 'critical', instance: 'db1:5432' },
    annotations: {
      summary: 'Disk /data fills up in 6 hours',
      summary_zh: '磁盘 /data 预计 6 小时后写满',
      description: 'Free: 4%.',
      description_zh: '剩余 4%。',
      runbook_url: 'https://docs.example/runbooks/a(b)',
    },
    generatorUrl: '',
    externalUrl: '',
    startsAt: SAMPLE_NOW - 12 * 60_000,
    endsAt: undefined,
    openedAt: SAMPLE_NOW - 11 * 60_000,
    closedAt: undefined,
    endKnown: true,
    truncated: 0,
    ...changes,
  };
}

/** A message as a channel gets it. */
export function sampleMessage(
  news: readonly News[] = [{ incident: sampleIncident(), change: 'open' }],
  options: Partial<RenderOptions> = {},
): Message {
  return renderNews(news, {
    id: 'm1',
    language: 'en',
    timezone: 'Asia/Shanghai',
    now: SAMPLE_NOW,
    possibleDuplicate: false,
    plain: false,
    alertmanagerUrl: undefined,
    ...options,
  });
}

/** What a hostile label may try, in every markup at once. */
export const HOSTILE =
  '[x](http://evil.example) <font color=red><at id=all></at><!channel><b> @all `#` *b* _i_ & "q"';

/** An alert whose every text is hostile. */
export function hostileMessage(): Message {
  const incident = sampleIncident({
    labels: { alertname: 'A', instance: HOSTILE, owner: HOSTILE, path: HOSTILE },
    annotations: { summary: HOSTILE, description: `# ${HOSTILE}\n> ${HOSTILE}` },
  });
  return sampleMessage([
    { incident, change: 'open' },
    { incident: { ...incident, id: 'i2' }, change: 'open' },
  ]);
}

/** So many alerts with so much text that no messenger takes them in one message. */
export function hugeMessage(): Message {
  const news = Array.from({ length: 120 }, (_, index): News => {
    const annotations = {
      summary: `problem ${index} ${'<&😀'.repeat(40)}`,
      description: '磁盘<&"'.repeat(200),
    };
    const labels = { alertname: 'A', instance: `db${index}` };
    return { incident: sampleIncident({ id: `i${index}`, annotations, labels }), change: 'open' };
  });
  return sampleMessage(news);
}

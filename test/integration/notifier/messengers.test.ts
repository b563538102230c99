import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { feishuSign } from '../../../notifier/channels/feishu.ts';
import { webhookSignature } from '../../../notifier/channels/webhook.ts';
import { sendTestMessage } from '../../../notifier/test-message.ts';
import {
  eventually,
  listen,
  notifyConfig,
  type RunningNotifier,
  runNotifier,
  snapshot,
  temporaryFolder,
} from './harness.ts';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

type Answer = (seen: Seen) => { status?: number; headers?: Record<string, string>; body: unknown };

let server: Server;
let origin: string;
let seen: Seen[];
let answer: Answer;
let folder: { path: string; remove: () => void };
let running: RunningNotifier | undefined;

beforeEach(async () => {
  folder = temporaryFolder();
  seen = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const entry = { path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) };
      seen.push(entry);
      const { status = 200, headers = {}, body } = answer(entry);
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  origin = `http://127.0.0.1:${await listen(server)}`;
});

afterEach(async () => {
  await running?.close();
  running = undefined;
  server.closeAllConnections();
  server.close();
  folder.remove();
});

const ENV = {
  FEISHU: 'https://open.feishu.cn/open-apis/bot/v2/hook/canary-hook',
  WECOM: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=canary-key',
  SLACK: 'https://hooks.slack.com/services/T0/B0/canary',
  TEAMS: 'https://prod-1.westus.logic.azure.com/workflows/1/invoke?sig=canary',
  TOKEN: '123456:canary_ABC',
  SECRET: 'canary-secret',
};

async function start(channel: string): Promise<RunningNotifier> {
  running = await runNotifier({
    dataDir: folder.path,
    env: { ...ENV, HOOK: `${origin}/hook?token=canary-token` },
    yaml: `channels: [ { name: c, ${channel} } ]\nmerge_window: { critical: 0s }`,
  });
  running.notifier.start();
  return running;
}

const states = () =>
  running?.sql<{ state: string; recipient: string; provider_ref: string | null }>(
    'select state, recipient, provider_ref from outbox order by id',
  );

describe('messengers, through the whole notifier', () => {
  it('feishu: signs in the body', async () => {
    answer = () => ({ body: { code: 0, msg: 'success' } });
    const { post } = await start(
      `type: feishu, url: { env: FEISHU }, secret: { env: SECRET }, api_base: "${origin}"`,
    );

    await post(snapshot([{}]));
    await eventually('sent', () => states()?.[0]?.state === 'sent');

    const { timestamp, sign } = seen[0]?.body ?? {};
    expect(seen[0]?.path).toBe('/open-apis/bot/v2/hook/canary-hook');
    expect(sign).toBe(feishuSign(ENV.SECRET, Number(timestamp)));
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each([
    ['wecom', 'WECOM', { errcode: 0, errmsg: 'ok' }, 'sent'],
    ['slack', 'SLACK', 'ok', 'sent'],
    ['teams', 'TEAMS', '1', 'sent'],
  ])('%s: delivers', async (type, url, body, state) => {
    answer = () => ({ body });
    const { post } = await start(`type: ${type}, url: { env: ${url} }, api_base: "${origin}"`);

    await post(snapshot([{}]));
    await eventually('sent', () => states()?.[0]?.state === state);

    expect(JSON.stringify(seen[0]?.body)).toContain('Down on db1:5432');
  });

  it('teams: calls what Workflows only took "accepted"', async () => {
    answer = () => ({ status: 202, body: '' });
    const { post } = await start(`type: teams, url: { env: TEAMS }, api_base: "${origin}"`);

    await post(snapshot([{}]));

    await eventually('accepted', () => states()?.[0]?.state === 'accepted');
  });

  it('slack: waits for as long as it is told', async () => {
    let first = true;
    answer = () => {
      if (!first) return { body: 'ok' };
      first = false;
      return { status: 429, headers: { 'retry-after': '2' }, body: 'rate_limited' };
    };
    const { post, sql } = await start(`type: slack, url: { env: SLACK }, api_base: "${origin}"`);

    const begin = Date.now();
    await post(snapshot([{}]));
    await eventually('sent', () => states()?.[0]?.state === 'sent');

    expect(Date.now() - begin).toBeGreaterThanOrEqual(2000);
    expect(sql('select attempts from outbox')).toEqual([{ attempts: 0 }]);
  });

  it('telegram: follows a chat that moved, remembers it over a restart, and keeps chats apart', async () => {
    answer = ({ body }) => {
      if (body['chat_id'] === '-1') {
        const parameters = { migrate_to_chat_id: -1001 };
        return { status: 400, body: { ok: false, error_code: 400, description: 'upgraded', parameters } };
      }
      if (body['chat_id'] === '-2') {
        return {
          status: 403,
          body: { ok: false, error_code: 403, description: 'Forbidden: bot was kicked' },
        };
      }
      return { body: { ok: true, result: { message_id: 7 } } };
    };
    const options = `type: telegram, token: { env: TOKEN }, chat_ids: [-1, -2, "@ops_channel"], api_base: "${origin}"`;
    const { post, notifier } = await start(options);

    await post(snapshot([{ instance: 'a' }]));
    await eventually('two of three', () => states()?.filter(({ state }) => state === 'sent').length === 2);
    expect(notifier.status().channels[0]).toMatchObject({ waiting: 1, brokenSince: undefined });
    await running?.close();
    seen = [];
    await start(options);
    await running?.post(snapshot([{ instance: 'b' }]));
    await eventually('next ones', () => states()?.filter(({ state }) => state === 'sent').length === 4);

    expect(states()?.find(({ state }) => state === 'sent')?.provider_ref).toBe('7');
    expect(seen.map(({ body }) => body['chat_id'])).not.toContain('-1');
    expect(seen.map(({ body }) => body['chat_id'])).toContain('-1001');
    expect(seen[0]?.path).toBe('/bot123456:canary_ABC/sendMessage');
  });

  it('webhook: signs, names the message the same at every attempt, and keeps its secrets', async () => {
    let attempts = 0;
    answer = () => {
      attempts += 1;
      return attempts === 1 ? { status: 503, body: 'later' } : { body: '' };
    };
    const { post, logs, sql } = await start(
      'type: webhook, url: { env: HOOK }, secret: { env: SECRET }, authorization: { env: TOKEN }, allow_private: true',
    );

    await post(snapshot([{}]));
    await eventually('sent', () => states()?.[0]?.state === 'sent');

    const [first, second] = seen;
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    const time = /^t=(\d+),/.exec(String(first?.headers['x-signature']))?.[1];
    expect(first?.headers['x-signature']).toBe(webhookSignature(ENV.SECRET, Number(time), first?.text ?? ''));
    expect(first?.headers.authorization).toBe(ENV.TOKEN);
    const kept = JSON.stringify([sql('select * from outbox'), sql('select * from channel_state'), logs]);
    expect(kept).not.toContain('canary');
  });

  it('webhook: does not reach into the own network unless it is allowed to', async () => {
    answer = () => ({ body: '' });
    running = await runNotifier({
      dataDir: folder.path,
      env: { HOOK: `https://127.0.0.1:${new URL(origin).port}/` },
      yaml: 'channels: [ { name: c, type: webhook, url: { env: HOOK } } ]',
    });
    running.notifier.start();

    await running.post(snapshot([{}]));
    await eventually('broken', () => running?.notifier.status().channels[0]?.brokenSince);

    expect(running.notifier.status().channels[0]?.lastError).toBe('expected a public address');
    expect(seen).toEqual([]);
  });
});

describe('sendTestMessage', () => {
  const options = { language: 'zh' as const, now: Date.now, signal: new AbortController().signal };

  it('says what came of it for every recipient, without secrets', async () => {
    answer = ({ body }) =>
      body['chat_id'] === '1'
        ? { body: { ok: true, result: { message_id: 1 } } }
        : {
            status: 400,
            body: { ok: false, error_code: 400, description: 'Bad Request: chat not found canary_ABC' },
          };
    const yaml = `channels: [ { name: tg, type: telegram, token: { env: TOKEN }, chat_ids: [1, 2], api_base: "${origin}" } ]`;
    const config = await notifyConfig(yaml, ENV);

    const results = await sendTestMessage(config, 'tg', options);

    expect(results).toEqual([
      { recipient: '1', outcome: { class: 'ok', reference: '1' } },
      {
        recipient: '2',
        outcome: { class: 'config', detail: expect.stringContaining('chat not found'), recipientOnly: true },
      },
    ]);
    expect(seen[0]?.body['text']).toContain('渠道“tg”工作正常');
  });

  it('names the channels there are when it is asked for another', async () => {
    const config = await notifyConfig(
      `channels: [ { name: tg, type: telegram, token: { env: TOKEN }, chat_ids: [1] } ]`,
      ENV,
    );

    await expect(sendTestMessage(config, 'x', options)).rejects.toMatchObject({
      code: 'not_found',
      message: 'channel "x": expected one of: tg',
    });
  });
});

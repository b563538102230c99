import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './harness.ts';

export interface FakeDingtalk {
  /** The robot's address with its token. */
  readonly url: string;
  readonly origin: string;
  /** Bodies it accepted, in order. */
  readonly accepted: { title: string; text: string; at: unknown }[];
  /** errcode of every request, in order. */
  readonly answers: number[];
  /** What it does instead of the documented behaviour, until set back to undefined. */
  trouble: 'html' | 'reset' | 'hang' | 'busy' | 'blocked' | undefined;
  close(): Promise<void>;
}

/**
 * Behaves as DingTalk documents its robots: HTTP 200 whatever happens, the result as errcode; a signature
 * checked within an hour; at most `perMinute` messages, then a ban; 20,000 bytes.
 */
export async function startDingtalk(settings: {
  token: string;
  secret?: string;
  keyword?: string;
  perMinute?: number;
  banMs?: number;
}): Promise<FakeDingtalk> {
  const { token, secret, keyword, perMinute = 20, banMs = 600_000 } = settings;
  const times: number[] = [];
  let bannedUntil = 0;

  function judge(url: URL, text: string): [number, string] {
    if (url.searchParams.get('access_token') !== token) return [300005, 'token is not exist'];
    if (secret !== undefined && !isSigned(url, secret)) return [310000, 'sign not match'];
    const now = Date.now();
    if (now < bannedUntil) return [130101, `send too fast, exceed ${perMinute} times per minute`];
    while (times[0] !== undefined && times[0] <= now - 60_000) times.shift();
    if (times.length >= perMinute) {
      bannedUntil = now + banMs;
      return [130101, `send too fast, exceed ${perMinute} times per minute`];
    }
    times.push(now);
    if (Buffer.byteLength(text) > 20_000) return [460101, 'message too long'];
    if (fake.trouble === 'blocked') return [430102, 'unsuitable content'];
    if (keyword !== undefined && !text.includes(keyword)) return [310000, 'keywords not in content'];
    return [0, 'ok'];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    if (fake.trouble === 'hang') return;
    if (fake.trouble === 'reset') {
      request.socket.destroy();
      return;
    }
    if (fake.trouble === 'html') {
      response.setHeader('content-type', 'text/html');
      response.end('<html><head><title>502 Bad Gateway</title></head></html>');
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [errcode, errmsg] = fake.trouble === 'busy' ? [-1, 'system busy'] : judge(url, text);
    fake.answers.push(errcode);
    if (errcode === 0) fake.accepted.push(contentOf(text));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ errcode, errmsg }));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const port = await listen(server);
  const origin = `http://127.0.0.1:${port}`;
  const fake: FakeDingtalk = {
    url: `https://oapi.dingtalk.com/robot/send?access_token=${token}`,
    origin,
    accepted: [],
    answers: [],
    trouble: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

function isSigned(url: URL, secret: string): boolean {
  const timestamp = Number(url.searchParams.get('timestamp'));
  const wanted = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return Math.abs(Date.now() - timestamp) < 3_600_000 && url.searchParams.get('sign') === wanted;
}

function contentOf(text: string): { title: string; text: string; at: unknown } {
  const body = JSON.parse(text) as {
    msgtype: string;
    markdown?: { title: string; text: string };
    text?: { content: string };
    at?: unknown;
  };
  if (body.msgtype === 'text') return { title: '', text: body.text?.content ?? '', at: body.at };
  return { title: body.markdown?.title ?? '', text: body.markdown?.text ?? '', at: body.at };
}

import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { PgfleetError } from './errors.ts';
import { createLogger, redactText } from './log.ts';

function captured(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  write(createLogger({ name: 'test', level: 'debug' }, sink));
  return text;
}

it('redacts secret keys at any of the first three levels', () => {
  const text = captured((log) =>
    log.info({ password: 'p1', server: { password: 'p2', auth: { token: 'p3' } } }, 'connected'),
  );

  expect(text).toContain('connected');
  expect(text).not.toMatch(/p1|p2|p3/);
});

it('redacts credentials inside error texts', () => {
  const cause = new Error('cannot reach postgres://bob:hunter2@db1/shop?password=x9');
  const text = captured((log) =>
    log.warn({ err: new PgfleetError('connect', 'no connection', { cause }) }, 'failed'),
  );

  expect(text).toContain('no connection');
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('x9');
});

it.each([
  [
    'https://oapi.example/robot/send?access_token=abc&x=1',
    'https://oapi.example/robot/send?access_token=[redacted]&x=1',
  ],
  ['host=db user=bob password=hunter2 dbname=x', 'host=db user=bob password=[redacted] dbname=x'],
  ['nothing to hide', 'nothing to hide'],
])('redactText(%s)', (text, expected) => {
  expect(redactText(text)).toBe(expected);
});

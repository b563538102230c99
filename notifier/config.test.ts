import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../lib/config.ts';
import type { ChannelType } from './channel.ts';
import { loadChannelTypes, type NotifyConfig, notifySchema } from './config.ts';

let types: ChannelType[];

beforeAll(async () => {
  types = await loadChannelTypes();
});

const ENV = {
  DING: 'https://oapi.dingtalk.com/robot/send?access_token=canary',
  EVIL: 'https://evil.example/canary',
};

const load = (text: string): NotifyConfig =>
  parseConfig(notifySchema(types), { file: 'pgfleet.yml', text, env: ENV });

const MAIL =
  '{ name: mail, type: email, from: a@example.com, to: [b@example.com], smtp: { host: mail.example } }';

describe('notifySchema', () => {
  it('needs nothing', () => {
    expect(load('{}')).toMatchObject({
      sources: ['main'],
      channels: [],
      routes: [],
      fallback: [],
      max_age: 86_400,
    });
  });

  it('sends everything everywhere when there are no routes', () => {
    expect(load(`channels: [ ${MAIL} ]`).routes).toEqual([
      { matchers: [], channels: ['mail'], resolved: true },
    ]);
  });

  it('reads routes, durations and the options of each type', () => {
    const config = load(`
channels:
  - ${MAIL}
  - { name: ding, type: dingtalk, language: zh, url: { env: DING } }
routes:
  - { severity: [critical], matchers: ['env="prod"', 'app=~"shop|pay"'], channels: [ding], repeat_interval: 30m }
fallback: [mail]
repeat_interval: 2h
merge_window: { warning: 45s }
timezone: Asia/Shanghai`);

    expect(config.channels[1]).toMatchObject({ name: 'ding', type: 'dingtalk', language: 'zh' });
    expect(config.routes[0]).toMatchObject({ severity: ['critical'], repeat_interval: 1800, resolved: true });
    expect(config.routes[0]?.matchers.map(({ label }) => label)).toEqual(['env', 'app']);
    expect(config.merge_window).toEqual({ critical: 0, warning: 45, info: 60 });
  });

  it.each([
    [
      'an unknown type',
      'channels: [ { name: x, type: emial } ]',
      /expected one of .*email.*found "emial"; did you mean "email"/,
    ],
    ['a missing type', 'channels: [ { name: x } ]', /type required, expected one of/],
    [
      'an unknown option',
      `channels: [ { ${MAIL.slice(1, -1)}, form: x } ]`,
      /unknown key "form"; did you mean "from"/,
    ],
    [
      'a channel twice',
      `channels: [ ${MAIL}, ${MAIL} ]`,
      /channels\[1\]\.name: expected a name of its own, found a second "mail"/,
    ],
    [
      'a route to nowhere',
      `channels: [ ${MAIL} ]\nroutes: [ { channels: [male] } ]`,
      /routes\[0\]\.channels\[0\]: expected a channel's name \(mail\), found "male"/,
    ],
    ['a fallback to nowhere', 'fallback: [x]', /none is configured/],
    [
      'a matcher that is none',
      `channels: [ ${MAIL} ]\nroutes: [ { channels: [mail], matchers: ["env prod"] } ]`,
      /expected a matcher such as env="prod"/,
    ],
    [
      'a bad pattern',
      `channels: [ ${MAIL} ]\nroutes: [ { channels: [mail], matchers: ['env=~"("'] } ]`,
      /expected a matcher/,
    ],
    [
      'a severity that is none',
      `channels: [ ${MAIL} ]\nroutes: [ { channels: [mail], severity: [page] } ]`,
      /expected one of critical, warning, info, found "page"/,
    ],
    ['a duration that is none', 'max_age: soon', /expected a duration/],
    ['a zone that is none', 'timezone: Mars/Olympus', /expected a time zone such as Asia\/Shanghai/],
    ['a source with a slash', 'sources: ["a/b"]', /letters, digits/],
    [
      'a secret in the file',
      'channels: [ { name: d, type: dingtalk, url: "https://oapi.dingtalk.com/canary" } ]',
      /expected \{ file: PATH \} or \{ env: NAME \}/,
    ],
    [
      'a robot elsewhere',
      'channels: [ { name: d, type: dingtalk, url: { env: EVIL } } ]',
      /expected https and the host oapi\.dingtalk\.com/,
    ],
    [
      'half a login',
      `channels: [ { name: m, type: email, from: a@b.c, to: [b@b.c], smtp: { host: h, user: u } } ]`,
      /smtp\.user and smtp\.password together/,
    ],
    [
      'no address',
      `channels: [ { name: m, type: email, from: a@b.c, to: [ops], smtp: { host: h } } ]`,
      /expected an address such as ops@example\.com/,
    ],
  ])('refuses %s', (_name, text, message) => {
    let error: unknown;
    try {
      load(text);
    } catch (thrown) {
      error = thrown;
    }

    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('canary');
  });
});

import { describe, expect, it } from 'vitest';
import { type Matcher, parseMatcher, type Route, route } from './routes.ts';

describe('parseMatcher', () => {
  it.each([
    ['env="prod"', 'env', 'prod', true],
    ['env="prod"', 'env', 'production', false],
    ['env=prod', 'env', 'prod', true],
    ['env!=prod', 'env', '', true],
    [' app =~ "shop|pay" ', 'app', 'pay', true],
    ['app=~"shop|pay"', 'app', 'payroll', false],
    ['app!~"shop.*"', 'app', 'shop-eu', false],
    ['name="a\\"b"', 'name', 'a"b', true],
    ['owner=""', 'owner', '', true],
  ])('%s on %s=%j is %s', (text, label, value, expected) => {
    const matcher = parseMatcher(text);

    expect(matcher?.label).toBe(label);
    expect(matcher?.matches(value)).toBe(expected);
  });

  it.each(['env', '="x"', 'a b="x"', 'env=~"("', 'env="x" or', 'env=="x"'])('refuses %s', (text) => {
    expect(parseMatcher(text)).toBeUndefined();
  });
});

function matcher(text: string): Matcher {
  const parsed = parseMatcher(text);
  if (parsed === undefined) throw new Error(`bad matcher in test: ${text}`);
  return parsed;
}

describe('route', () => {
  const routes: readonly Route[] = [
    {
      severity: ['critical'],
      matchers: [],
      channels: ['phone', 'mail'],
      repeat_interval: 600,
      resolved: true,
    },
    { matchers: [matcher('env="prod"')], channels: ['mail', 'chat'], resolved: false },
    { severity: ['info'], matchers: [matcher('team!="db"')], channels: ['log'], resolved: true },
  ];

  it('adds up all routes that match, the first one deciding the settings', () => {
    expect(route(routes, { env: 'prod' }, 'critical')).toEqual([
      { channel: 'phone', repeatSeconds: 600, resolved: true },
      { channel: 'mail', repeatSeconds: 600, resolved: true },
      { channel: 'chat', repeatSeconds: undefined, resolved: false },
    ]);
  });

  it('counts a missing label as empty', () => {
    expect(route(routes, {}, 'info').map(({ channel }) => channel)).toEqual(['log']);
  });

  it('finds nobody when nothing matches', () => {
    expect(route(routes, { env: 'test' }, 'warning')).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadInhibitRules } from '../../alert-rules/inhibit.ts';
import { alertmanagerArgs, alertmanagerConfig } from './alertmanager-config.ts';

const endpoint = { scheme: 'http', address: { host: '127.0.0.1', port: 9432 } } as const;

it('hands everything to the notifier, resolved alerts too, with the inhibitions of the rule pack', () => {
  const text = alertmanagerConfig({
    origin: 'Made by a test.',
    pgfleet: { endpoint, tokenFile: undefined },
    source: 'main',
    inhibitRules: loadInhibitRules(),
  });

  const config = parse(text);
  expect(config.route.receiver).toBe('pgfleet');
  expect(config.receivers).toEqual([
    {
      name: 'pgfleet',
      webhook_configs: [{ url: 'http://127.0.0.1:9432/v1/alertmanager/main', send_resolved: true }],
    },
  ]);
  expect(config.inhibit_rules).toEqual(loadInhibitRules());
});

it('authenticates where pgfleet asks for it', () => {
  const text = alertmanagerConfig({
    origin: 'Made by a test.',
    pgfleet: { endpoint: { ...endpoint, scheme: 'https' }, tokenFile: '/data/token' },
    source: 'site b',
    inhibitRules: [],
  });

  expect(parse(text).receivers[0].webhook_configs).toEqual([
    {
      url: 'https://127.0.0.1:9432/v1/alertmanager/site%20b',
      send_resolved: true,
      http_config: {
        authorization: { credentials_file: '/data/token' },
        tls_config: { insecure_skip_verify: true },
      },
    },
  ]);
});

it('opens no gossip port', () => {
  const listen = { host: '127.0.0.1', port: 9434 };

  const args = alertmanagerArgs({
    configFile: '/c',
    dataDir: '/d',
    listen,
    externalUrl: 'http://127.0.0.1:9434',
  });

  expect(args).toContain('--cluster.listen-address=');
});

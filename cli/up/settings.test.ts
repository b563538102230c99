import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { configSchema } from '../config.ts';
import { upSettings } from './settings.ts';

async function settings(text: string, options = {}) {
  const config = parseConfig(await configSchema(), { file: '/etc/pgfleet/pgfleet.yml', text, env: {} });
  return upSettings(config, { demo: false, ...options });
}

describe('upSettings', () => {
  it('takes a block of ports of its own', async () => {
    expect(await settings('')).toMatchObject({
      listen: { host: '127.0.0.1', port: 9432 },
      prometheus: { url: 'http://127.0.0.1:9433', existing: false },
      alertmanager: { url: 'http://127.0.0.1:9434', existing: false },
      grafana: { url: 'http://127.0.0.1:9435', existing: false },
      folders: { data: '/etc/pgfleet/.pgfleet', logs: '/etc/pgfleet/.pgfleet/logs' },
    });
  });

  it('lets flags win over the file', async () => {
    const found = await settings('prometheus: { listen: "127.0.0.1:1", url: "http://a.example" }', {
      listen: '[::1]:2',
      prometheusUrl: 'https://b.example/prometheus/',
      alertmanagerListen: '0.0.0.0:4',
      dataDir: '/srv/pgfleet',
    });

    expect(found).toMatchObject({
      listen: { host: '::1', port: 2 },
      prometheus: { url: 'https://b.example/prometheus', existing: true },
      alertmanager: { url: 'http://127.0.0.1:4', listen: { host: '0.0.0.0', port: 4 }, existing: false },
      folders: { data: '/srv/pgfleet' },
    });
  });

  it.each([
    [{ prometheusUrl: 'prometheus.example:9090' }, /^--prometheus-url: expected a URL/],
    [{ grafanaListen: '9435' }, /--grafana-listen/],
  ])('refuses %j', async (options, message) => {
    await expect(settings('', options)).rejects.toThrow(message);
  });
});

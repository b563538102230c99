import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkHost } from '../../exporters/host/check-host.ts';
import { type FleetConfig, loadConfig } from '../config.ts';
import { CAPTURES, demoConfig } from './demo-config.ts';
import { LEGACY_HOSTS, writeLegacyCaptures } from './legacy/machines.ts';

describe("the demo's pgfleet.yml", () => {
  let folder: string;
  let config: FleetConfig;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgfleet-demo-'));
    const file = join(folder, 'pgfleet.yml');
    await mkdir(join(folder, 'secrets'));
    await writeFile(join(folder, 'secrets', 'monitoring'), 'not-a-real-one\n');
    await writeFile(file, demoConfig([], { smtpPort: 1025, servers: [] }));
    await writeLegacyCaptures(join(folder, CAPTURES), Date.now() / 1000);
    config = await loadConfig({ file, env: {} });
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is valid where no PostgreSQL can run', () => {
    expect(config.servers).toEqual([]);
  });

  it('declares what people know of, and a ghost, but not what discovery is there to find', async () => {
    const wanted = [
      { name: 'shop-db', major: 15, databases: [], registry: { owner: 'web-team' } },
      { name: 'wiki-db', major: 12, databases: [] },
    ];
    const places = wanted.map(({ name, major }, index) => ({
      name,
      major,
      home: `/srv/demo/${name}`,
      port: 15_001 + index,
    }));
    const file = join(folder, 'pgfleet.yml');
    await writeFile(file, demoConfig(wanted, { smtpPort: 1025, ghostPort: 15_009, servers: places }));

    const { servers, discovery } = await loadConfig({ file, env: {} });

    expect(servers.map(({ name, address }) => [name, address.port])).toEqual([
      ['shop-db', 15_001],
      ['intranet-db', 15_009],
    ]);
    expect(discovery.data_directories).toEqual(['/srv/demo/*/data']);
  });

  it('declares this machine and every composed one, with owner, site and dates', () => {
    const composed = config.hosts.filter(({ transport }) => transport === 'capture');

    expect(config.hosts.filter(({ transport }) => transport === 'local')).toHaveLength(1);
    expect(composed.map(({ name }) => name)).toEqual(LEGACY_HOSTS.map(({ name }) => name));
    for (const { owner, site, purchased, warranty_until } of composed) {
      expect([owner, site, purchased, warranty_until]).not.toContain(undefined);
    }
  });

  it('points at captures that can be read', async () => {
    const checks = await Promise.all(
      config.hosts
        .filter(({ transport }) => transport === 'capture')
        .map((entry) => checkHost(entry, config)),
    );

    for (const { failure, sections } of checks) {
      expect(failure).toBeUndefined();
      expect(sections).toBeGreaterThan(30);
    }
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../cli/config.ts';
import { loadWebConfig } from '../../lib/web-config.ts';

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}
interface Service {
  readonly image: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[];
}

const compose: Compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it.each(services)('%s pins its image and is published on loopback only', (_name, { image, ports = [] }) => {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(services)('%s mounts what exists', (_name, { volumes = [], depends_on = [] }) => {
    for (const source of volumes.map((volume) => volume.split(':')[0] ?? '')) {
      // Secrets are made by whoever runs it.
      if (source === './secrets') continue;
      if (source.startsWith('.')) expect(existsSync(source), source).toBe(true);
      else expect(compose.volumes).toHaveProperty(source);
    }
    for (const other of depends_on) expect(compose.services).toHaveProperty(other);
  });

  it('names the version of this release', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

    expect(compose.services['pgfleet']?.image).toBe(`pgfleet:${version}`);
  });

  it('starts with a configuration that loads', async () => {
    const config = await loadConfig({ file: 'deploy/compose/pgfleet.yml', env: {} });

    expect(config.web_config_file).toBe(join(process.cwd(), 'deploy/compose/web.yml'));
    // The token is a file of the container: that it is missing here is the only thing wrong.
    expect(() => loadWebConfig(config.web_config_file ?? '', {})).toThrow(
      /web\.yml:\d+:\d+: bearer_tokens\.containers: expected a readable file \/run\/secrets\/pgfleet_token/,
    );
  });
});

describe.each(readdirSync('deploy/systemd'))('%s', (file) => {
  const unit = readFileSync(join('deploy/systemd', file), 'utf8');

  it('runs a command that exists, without privileges', () => {
    const command = /^ExecStart=\/usr\/bin\/node \/opt\/pgfleet\/dist\/cli\/main\.js (?<name>\w+) /m.exec(
      unit,
    );

    expect(existsSync(`cli/commands/${command?.groups?.['name']}.ts`)).toBe(true);
    expect(unit).toContain('User=pgfleet\n');
    expect(unit).toContain('NoNewPrivileges=yes\n');
    expect(unit).toContain('CapabilityBoundingSet=\n');
  });
});

it('Dockerfile copies every folder that is read at run time', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');

  for (const folder of ['alert-rules', 'dashboards/generated', 'docs']) {
    expect(dockerfile).toContain(`COPY ${folder} ./${folder}\n`);
  }
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../lib/log.ts';
import { captureText, print } from '../../test/support/host.ts';
import type { HostConnection } from './config.ts';
import { createHostExporter, createTransport, type HostExporter } from './exporter.ts';

const options = { log: createLogger({ name: 'test', level: 'silent' }), now: () => 1_700_000_100_000 };
const entry = (name: string, more: Partial<HostConnection>): HostConnection => ({
  name,
  transport: 'local',
  ssh: undefined,
  capture: undefined,
  collectors: undefined,
  tiers: undefined,
  ...more,
});

describe('HostExporter', () => {
  let folder: string;
  let exporter: HostExporter;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgfleet-captures-'));
    const file = join(folder, 'vault9.cap');
    await writeFile(file, captureText({ loadavg: '0.5 0.25 0.125 1/1 1\n', 'file-nr': '1\t0\t2\n' }));
    exporter = await createHostExporter(
      {
        hosts: [
          entry('vault9', {
            transport: 'capture',
            capture: { file },
            collectors: { enable: [], disable: ['filefd'] },
          }),
          entry('gone', { transport: 'capture', capture: { file: join(folder, 'none.cap') } }),
        ],
      },
      options,
    );
  });
  afterAll(async () => {
    await exporter.close();
    await rm(folder, { recursive: true, force: true });
  });
  const probe = async (target: string) =>
    (await exporter.probe(target, { budgetMs: 2000, signal: new AbortController().signal })).flatMap(print);

  it('knows its targets and refuses others without contacting anything', async () => {
    expect(exporter.targets()).toEqual(['vault9', 'gone']);
    await expect(probe('10.0.0.1')).rejects.toMatchObject({ code: 'not_found' });
    await expect(exporter.explain('10.0.0.1')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('serves a recorded capture with its age', async () => {
    const samples = await probe('vault9');

    expect(samples).toContain('pgfleet_host_up 1');
    expect(samples).toContain('pgfleet_host_capture_age_seconds 99.5');
    expect(samples).toContain('node_load1 0.5');
    expect(samples).toContain('node_time_seconds 1700000000.5');
    expect(samples.join()).not.toContain('clock_offset');
    expect(samples).toContain('pgfleet_collector_skipped{collector="meminfo",reason="section"} 1');
  });

  it('leaves out disabled collectors and says so', async () => {
    const samples = await probe('vault9');

    expect(samples.join()).not.toContain('node_filefd');
    expect(samples).toContain('pgfleet_collector_skipped{collector="filefd",reason="disabled"} 1');
  });

  it('says that a capture file is not there', async () => {
    expect(await probe('gone')).toEqual(['pgfleet_host_up 0', 'pgfleet_host_error{reason="file"} 1']);
    expect(exporter.lastProbe('gone')?.error).toContain('none.cap: cannot be read (ENOENT)');
  });

  it('explains what it collects and why', async () => {
    await probe('vault9');
    const { facts, collectors } = await exporter.explain('vault9');
    const of = (name: string) => collectors.find((collector) => collector.name === name);

    expect(facts['transport']).toContain('vault9.cap');
    expect(of('loadavg')).toMatchObject({ chosen: true, reads: 'fast: loadavg (ok)', lastSamples: 3 });
    expect(of('filefd')).toMatchObject({ chosen: false, reason: 'disabled' });
    expect(of('meminfo')).toMatchObject({ chosen: false, reason: 'section' });
  });
});

describe('createTransport', () => {
  const ssh = { address: { host: '10.0.0.5', port: 22 }, user: 'monitor' };

  it.each([
    [entry('a', {}), 'local'],
    [entry('b', { transport: 'ssh', ssh }), 'ssh monitor@10.0.0.5:22'],
    [entry('c', { transport: 'capture', capture: { file: '/x' } }), 'file /x'],
    [entry('e', { transport: 'capture', capture: { directory: '/d' } }), 'newest .cap file of /d'],
    [
      entry('d', { transport: 'ssh', ssh: { ...ssh, jump: { address: { host: 'gate', port: 2222 } } } }),
      'ssh monitor@10.0.0.5:22 through gate:2222',
    ],
  ])('of %j', (host, description) => {
    expect(createTransport(host, { hosts: [] }, options).description).toBe(description);
  });

  it('refuses an entry without its settings', () => {
    expect(() => createTransport(entry('x', { transport: 'ssh' }), { hosts: [] }, options)).toThrow(
      'transport ssh',
    );
  });
});

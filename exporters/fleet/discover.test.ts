import { describe, expect, it } from 'vitest';
import { PgfleetError } from '../../lib/errors.ts';
import { discover, loadTechniques } from './discover.ts';
import { discoverEstate } from './discoverer.ts';
import { inParallel } from './in-parallel.ts';
import { localFiles } from './machine-files.ts';
import { createRegistry } from './registry.ts';
import type { Sighting, Technique } from './technique.ts';

const context = {
  signal: new AbortController().signal,
  now: () => 5,
  machines: [],
  servers: [],
  poolers: [],
  patronis: [],
  hosts: [],
  scan: undefined,
};
const sighting: Sighting = {
  kind: 'postgresql',
  state: 'running',
  places: [{ host: '10.0.0.5', port: 5432 }],
  details: {},
};

function technique(name: string, discoverWith: Technique['discover']): Technique {
  return { name, help: 'x', discover: discoverWith };
}

const one = technique('one', async function* () {
  yield sighting;
});
const broken = technique('broken', async function* () {
  yield sighting;
  throw new TypeError('oops');
});

describe('running techniques', () => {
  it('keeps what a failing one saw, tells why it failed, and costs the others nothing', async () => {
    const done: string[] = [];
    const { sightings, runs } = await discover([broken, one], context, ({ technique: name }) =>
      done.push(name),
    );

    expect(sightings.map(({ technique: name }) => name).sort()).toEqual(['broken', 'one']);
    expect(runs).toMatchObject([
      { technique: 'broken', sightings: 1, error: 'internal error: oops' },
      { technique: 'one', sightings: 1, error: undefined },
    ]);
    expect(done.sort()).toEqual(['broken', 'one']);
  });

  it('names the technique of every gap', async () => {
    const gappy = technique('gappy', async function* ({ gap }) {
      gap({ where: 'web1', error: new PgfleetError('permission', 'no') });
      yield* [];
    });

    expect((await discover([gappy], context)).gaps).toMatchObject([{ technique: 'gappy', where: 'web1' }]);
  });

  it('lets an earlier look count for the techniques that are not run', async () => {
    const options = {
      registry: createRegistry({ servers: [], hosts: [] }),
      machines: [{ machine: { name: 'here', files: localFiles('/nonexistent') }, addresses: [] }] as const,
      servers: [],
      poolers: [],
      patronis: [],
      hosts: [],
      scan: undefined,
      signal: context.signal,
      now: context.now,
    };
    const first = await discoverEstate({ ...options, techniques: [one, broken] });
    const second = await discoverEstate({ ...options, techniques: [broken], previous: first });

    expect(second.runs.map(({ technique: name }) => name)).toEqual(['broken', 'one']);
    expect(second.instances).toMatchObject([{ label: '10.0.0.5:5432', techniques: ['broken', 'one'] }]);
  });
});

it('every technique carries the name of its file and says where it looks', async () => {
  const techniques = await loadTechniques();

  expect(techniques.map(({ name }) => name)).toContain('network');
  expect(new Set(techniques.map(({ name }) => name)).size).toBe(techniques.length);
  for (const { help } of techniques) expect(help).toMatch(/^[A-Z].*\.$/);
});

describe('working in parallel', () => {
  it('keeps to its limit and yields everything', async () => {
    let open = 0;
    let most = 0;
    const results: number[] = [];
    const work = async (item: number) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, item % 3));
      open -= 1;
      return [item, -item];
    };
    for await (const result of inParallel([1, 2, 3, 4, 5, 6, 7], 3, work)) results.push(result);

    expect(most).toBe(3);
    expect(results.toSorted((a, b) => a - b)).toEqual([-7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7]);
  });
});

import { expect, it } from 'vitest';
import { SingleFlight } from './single-flight.ts';

const open = new AbortController().signal;

function gate() {
  let release: (text: string) => void = () => undefined;
  const promise = new Promise<string>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

it('shares one run among callers that overlap', async () => {
  const flight = new SingleFlight<string>();
  const { promise, release } = gate();
  let starts = 0;
  const start = () => {
    starts += 1;
    return promise;
  };

  const both = [1, 2].map(() => flight.join({ budgetMs: 1000, signal: open }, start));
  release('done');

  expect(await Promise.all(both)).toEqual(['done', 'done']);
  expect(starts).toBe(1);
  await flight.join({ budgetMs: 1000, signal: open }, start);
  expect(starts).toBe(2);
});

it('lets a caller go when its own time is over, and goes on for the others', async () => {
  const flight = new SingleFlight<string>();
  const { promise, release } = gate();
  const patient = flight.join({ budgetMs: 1000, signal: open }, () => promise);

  await expect(flight.join({ budgetMs: 10, signal: open }, () => promise)).rejects.toThrow('deadline');
  release('done');

  expect(await patient).toBe('done');
});

it('is aborted when the last caller has gone', async () => {
  const flight = new SingleFlight<string>();
  const client = new AbortController();
  let aborted: AbortSignal | undefined;
  const { promise, release } = gate();
  const joined = flight.join({ budgetMs: 1000, signal: client.signal }, (_budget, signal) => {
    aborted = signal;
    return promise;
  });

  client.abort();

  await expect(joined).rejects.toThrow();
  expect(aborted?.aborted).toBe(true);
  release('too late');
});

it('does not give the result of an aborted run to who comes after', async () => {
  const flight = new SingleFlight<string>();
  const client = new AbortController();
  const { promise, release } = gate();
  const gone = flight.join({ budgetMs: 1000, signal: client.signal }, () => promise);
  client.abort();
  await expect(gone).rejects.toThrow();

  const joined = flight.join({ budgetMs: 1000, signal: open }, async () => 'fresh');
  release('aborted');

  expect(await joined).toBe('fresh');
});

it('waits for the end of an aborted run no longer than it may', async () => {
  const flight = new SingleFlight<string>();
  const client = new AbortController();
  const { promise, release } = gate();
  const gone = flight.join({ budgetMs: 1000, signal: client.signal }, () => promise);
  client.abort();
  await expect(gone).rejects.toThrow();

  await expect(flight.join({ budgetMs: 10, signal: open }, async () => 'never')).rejects.toThrow('deadline');
  release('aborted');
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PgfleetError } from '../../lib/errors.ts';
import { type Finding, HealthCheck, type HealthSource, type ServerState } from './health-check.ts';

const primary: ServerState = { role: 'primary', lagSeconds: undefined, receiving: false };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function source(over: Partial<HealthSource> = {}) {
  const ask = vi.fn(async () => primary);
  return { ask, now: () => Date.now(), scraping: () => undefined, lastScrape: () => undefined, ...over };
}

/** Something that ends when told to. */
function gate() {
  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

describe('a free server', () => {
  it('is asked once for all who ask at the same time', async () => {
    const server = source();
    const check = new HealthCheck(server);

    const reports = await Promise.all(Array.from({ length: 20 }, () => check.report()));

    expect(reports).toEqual(
      reports.map(() => ({ state: primary, failure: undefined, ageSeconds: 0, busy: false })),
    );
    expect(server.ask).toHaveBeenCalledTimes(1);
  });

  it('is asked again after a second, not before', async () => {
    const server = source();
    const check = new HealthCheck(server);
    await check.report();

    vi.advanceTimersByTime(999);
    const cached = await check.report();
    vi.advanceTimersByTime(1);
    const fresh = await check.report();

    expect(cached.ageSeconds).toBeCloseTo(0.999);
    expect(fresh.ageSeconds).toBe(0);
    expect(server.ask).toHaveBeenCalledTimes(2);
  });

  it('that refuses is down, with the reason in one line and without secrets', async () => {
    const ask = async () => {
      throw new PgfleetError('connect', 'no route\nto postgres://me:hunter2@db1');
    };

    const report = await new HealthCheck(source({ ask })).report();

    expect(report.state).toBeUndefined();
    expect(report.failure).toBe('no route to postgres://me:[redacted]@db1');
  });
});

describe('a silent server', () => {
  it('is down for those who wait no longer, and is not asked a second time meanwhile', async () => {
    const silence = gate();
    const ask = vi.fn(async () => {
      await silence.closed;
      return primary;
    });
    const check = new HealthCheck(source({ ask }));

    const early = check.report();
    await vi.advanceTimersByTimeAsync(800);
    const later = check.report();
    await vi.advanceTimersByTimeAsync(100);
    silence.open();

    expect((await early).failure).toBe('no answer within 800 ms');
    expect((await later).state).toEqual(primary);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});

describe('a server that is being scraped', () => {
  function scraped(lastScrape: Finding | undefined) {
    const scrape = gate();
    let running: Promise<void> | undefined = scrape.closed.finally(() => {
      running = undefined;
    });
    const server = source({ scraping: () => running, lastScrape: () => lastScrape });
    return { server, end: scrape.open, check: new HealthCheck(server) };
  }

  it('is asked when the scrape ends in time', async () => {
    const { check, end, server } = scraped(undefined);

    const report = check.report();
    await vi.advanceTimersByTimeAsync(500);
    expect(server.ask).not.toHaveBeenCalled();
    end();

    expect(await report).toEqual({ state: primary, failure: undefined, ageSeconds: 0, busy: false });
  });

  it('is what it was, and says so, when the scrape takes longer', async () => {
    const { check } = scraped({ state: primary, failure: undefined, at: Date.now() - 5000 });

    const report = check.report();
    await vi.advanceTimersByTimeAsync(800);

    expect(await report).toEqual({ state: primary, failure: undefined, ageSeconds: 5.8, busy: true });
  });

  it('is what the newest answer says, from a scrape or a check', async () => {
    const last: { scrape: Finding | undefined } = { scrape: undefined };
    let running: Promise<void> | undefined;
    const check = new HealthCheck(source({ scraping: () => running, lastScrape: () => last.scrape }));
    await check.report();
    await vi.advanceTimersByTimeAsync(2000);
    last.scrape = { state: undefined, failure: 'gone', at: Date.now() };
    running = new Promise(() => undefined);

    const report = check.report();
    await vi.advanceTimersByTimeAsync(800);

    expect(await report).toMatchObject({ state: undefined, failure: 'gone', busy: true });
  });

  it('is not known any more when all that is known is old', async () => {
    const { check } = scraped({ state: primary, failure: undefined, at: Date.now() - 30_000 });

    const report = check.report();
    await vi.advanceTimersByTimeAsync(800);

    expect((await report).state).toBeUndefined();
    expect((await report).failure).toContain('a scrape is running');
  });
});

import { pino } from 'pino';
import { expect } from 'vitest';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import type { PostgresOptions } from '../../../exporters/postgres/config.ts';
import { createPostgresExporter, type PostgresExporter } from '../../../exporters/postgres/exporter.ts';
import { type Format, render } from '../../../lib/exposition.ts';
import type { Labels, Sample } from '../../../lib/metric.ts';

const silent = pino({ level: 'silent' });

export interface Watch {
  readonly exporter: PostgresExporter;
  /** One scrape, as Prometheus would do it with a timeout of 5 s unless told otherwise. */
  probe(budgetMs?: number): Promise<Scrape>;
  close(): Promise<void>;
}

/** An exporter that watches one server, with a log that nobody reads. */
export async function watch(
  server: { readonly host: string; readonly port: number },
  options: Partial<PostgresOptions> = {},
  now: () => number = Date.now,
): Promise<Watch> {
  const address = { host: server.host, port: server.port };
  const exporter = await createPostgresExporter(
    { servers: [{ name: 'target', address, postgres: { user: 'postgres', ...options } as PostgresOptions }] },
    { log: silent, now },
  );
  return {
    exporter,
    probe: async (budgetMs = 5000) => {
      const startedAt = performance.now();
      const samples = await exporter.probe('target', { budgetMs, signal: new AbortController().signal });
      return new Scrape(samples, performance.now() - startedAt);
    },
    close: () => exporter.close(),
  };
}

/** What one scrape gave. */
export class Scrape {
  readonly samples: readonly Sample[];
  readonly durationMs: number;

  constructor(samples: readonly Sample[], durationMs: number) {
    this.samples = samples.filter(({ value }) => value !== null && value !== undefined);
    this.durationMs = durationMs;
  }

  /** The value of the one series with this name and (at least) these labels; undefined when there is none. */
  value(name: string, labels: Labels = {}): number | undefined {
    const found = this.all(name, labels);
    if (found.length > 1)
      throw new Error(`${found.length} series of ${name} match ${JSON.stringify(labels)}`);
    return found[0]?.value ?? undefined;
  }

  /** All series with this name and (at least) these labels. */
  all(name: string, labels: Labels = {}): readonly Sample[] {
    return this.samples.filter(
      (sample) =>
        sample.family.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** "collector: code" of the collectors that failed. */
  get failures(): string[] {
    return this.all('pgfleet_collector_error').map(
      ({ labels }) => `${labels['collector']}: ${labels['code']}`,
    );
  }

  /** "collector: reason" of the collectors that were left out. */
  get skipped(): string[] {
    return this.all('pgfleet_collector_skipped').map(
      ({ labels }) => `${labels['collector']}: ${labels['reason']}`,
    );
  }

  /** Reason of an incomplete scrape. */
  get reason(): string | undefined {
    return this.all('pgfleet_postgres_error')[0]?.labels['reason'];
  }

  /** "name type" of every family, sorted. */
  get families(): string[] {
    return [...new Set(this.samples.map(({ family }) => `${family.name} ${family.type}`))].sort();
  }

  text(format: Format = 'text'): string {
    return render(this.samples, format).text;
  }
}

/** Sessions that pgfleet has on a server. */
export async function backends(server: PostgresServer): Promise<number> {
  const { rows } = await server.query(
    "select count(*)::int as n from pg_stat_activity where application_name = 'pgfleet'",
  );
  return rows[0].n;
}

export function expectDown(scrape: Scrape, reason: string): void {
  expect(scrape.value('pg_up')).toBe(0);
  expect(scrape.reason).toBe(reason);
}

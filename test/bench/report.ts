import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

/** One measured quantity beside a peer or a limit, measured in the same run. */
export interface BenchRow {
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  /** "postgres_exporter 0.11.1", or "limit". */
  readonly peerName: string;
  /** Greatest share of the peer's that is good enough; undefined where the figure is for information. */
  readonly goal: number | undefined;
}

export interface BenchOptions {
  /** A short run of the same thing. */
  readonly quick: boolean;
  readonly json: string | undefined;
  /** Another build of the peer. */
  readonly peer: string | undefined;
}

/** Options that every benchmark takes; prints the help and ends for --help. */
export function benchOptions(name: string, about: string): BenchOptions {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      peer: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`npm run bench:${name} -- [--quick] [--json FILE] [--peer PATH]

${about}

  --quick       a short run of the same thing
  --json FILE   also write the figures as JSON
  --peer PATH   another build of the peer than the one on PATH

Ends with 0 when it could measure, whatever the result: goals are judged by the reader.
`);
    process.exit(0);
  }
  return { quick: values.quick, json: values.json, peer: values.peer };
}

/** Prints the table and writes the JSON file. */
export function report(
  name: string,
  versions: Readonly<Record<string, string>>,
  rows: readonly BenchRow[],
  { json }: BenchOptions,
): void {
  const full = rows.map((row) => {
    const ratio = row.ours / row.peer;
    return { ...row, ratio, met: row.goal === undefined ? undefined : ratio <= row.goal };
  });
  const cells = full.map(({ metric, unit, ours, peer, peerName, ratio, goal, met }) => [
    `${metric} [${unit}]`,
    print(ours),
    print(peer),
    peerName,
    print(ratio),
    goal === undefined ? '' : `at most ${print(goal)}`,
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]);
  const table = [['', 'ours', 'other', 'which', 'ratio', 'goal', ''], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  process.stdout.write(`\n${name} on ${machine}\n`);
  for (const [what, version] of Object.entries(versions)) process.stdout.write(`  ${what} ${version}\n`);
  for (const line of table) {
    process.stdout.write(
      `  ${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ name, machine, versions, rows: full }, null, 2)}\n`);
  }
}

/** Three significant digits. */
function print(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'n/a';
}

/** The value below which a share of the values lies; NaN without any. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

import { declaredMetrics } from './declared-metrics.ts';
import { EXIT } from './exit-codes.ts';

/** Prints the declared families whose name contains the pattern; ends unwell when there is none. */
export async function printMetrics({ pattern, json }: { pattern: string; json: boolean }): Promise<number> {
  const found = (await declaredMetrics()).filter(({ family }) => family.name.includes(pattern));
  if (json) {
    const rows = found.map(({ exporter, collector, family }) => ({ exporter, collector, ...family }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else {
    for (const { exporter, collector, family } of found) {
      const labels = family.labels.length === 0 ? '' : `{${family.labels.join(',')}}`;
      process.stdout.write(
        `${family.name}${labels} ${family.type}, ${exporter}/${collector}: ${family.help}\n`,
      );
    }
  }
  return found.length === 0 ? EXIT.unwell : EXIT.ok;
}

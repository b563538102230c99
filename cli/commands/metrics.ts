import { Command } from 'commander';

/** `pgfleet metrics`: every family any collector can emit. */
export function command(): Command {
  return new Command('metrics')
    .description('List every metric that pgfleet can emit: name, type, labels, help.')
    .argument('[pattern]', 'only names that contain this text', '')
    .option('--json', 'machine-readable output', false)
    .addHelpText(
      'after',
      '\nExamples:\n  pgfleet metrics\n  pgfleet metrics pg_stat_database\n  pgfleet metrics --json',
    )
    .action(async (pattern: string, options: { json: boolean }) => {
      const { printMetrics } = await import('../print-metrics.ts');
      process.exitCode = await printMetrics({ pattern, ...options });
    });
}

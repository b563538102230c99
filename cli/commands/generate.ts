import { Command } from 'commander';

/** `pgfleet generate`: the committed files that are made from source. */
export function command(): Command {
  return new Command('generate')
    .description('Write the generated files of the project: dashboards, thresholds, reference pages.')
    .option('--check', 'write nothing; fail and name each file that is not current', false)
    .addHelpText('after', '\nExamples:\n  pgfleet generate\n  pgfleet generate --check')
    .action(async (options: { check: boolean }) => {
      const { generateFiles } = await import('../generate-files.ts');
      process.exitCode = await generateFiles(options);
    });
}

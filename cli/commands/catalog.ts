import { Command } from 'commander';
import { configOption } from '../options.ts';

/** `pgfleet catalog`: the dated facts by which versions and hardware are judged. */
export function command(): Command {
  const catalog = new Command('catalog').description(
    'Show and renew the dated facts by which versions and hardware are judged.',
  );
  catalog.addCommand(listCommand());
  catalog.addCommand(updateCommand());
  return catalog;
}

function listCommand(): Command {
  return new Command('list')
    .description('Print every file of the catalog: entries, age, sources.')
    .addOption(configOption())
    .addHelpText('after', '\nExamples:\n  pgfleet catalog list')
    .action(async ({ config }: { config: string }) => {
      const { listCatalog } = await import('../run-catalog.ts');
      process.exitCode = await listCatalog(config, Date.now());
    });
}

function updateCommand(): Command {
  return new Command('update')
    .description('Take over an export of endoflife.date and print what changed.')
    .argument('<file|url>', 'export in the form of its API v1, or one product in the form of before')
    .addOption(configOption())
    .option('--made-on <day>', 'day of an export that does not say it (default: when the file was changed)')
    .option('--dry-run', 'print what would change and write nothing', false)
    .addHelpText(
      'after',
      `
It is checked as a whole and kept in the data directory, over the shipped catalog and below entries of your own
(\`catalog_dir\` in pgfleet.yml). An export that is older than the catalog is refused. Without a way to the Internet, carry
the file over.

Examples:
  pgfleet catalog update https://endoflife.date/api/v1/products/full
  pgfleet catalog update --dry-run full.json
  pgfleet catalog update https://endoflife.date/api/postgresql.json`,
    )
    .action(async (source: string, options: { config: string; madeOn?: string; dryRun: boolean }) => {
      const { updateCatalog } = await import('../run-catalog.ts');
      const { config, madeOn, dryRun } = options;
      process.exitCode = await updateCatalog({ config, source, madeOn, dryRun });
    });
}

import { Command, Option } from 'commander';
import { configOption } from '../options.ts';

interface SourceOptions {
  readonly config: string;
  readonly servers?: string;
  readonly hosts?: string;
  readonly netbox?: string;
}

/** `pgfleet registry`: the list of servers and hosts in pgfleet.yml and other lists of them. */
export function command(): Command {
  const registry = new Command('registry').description(
    'Check the registry, and compare it with other lists.',
  );
  registry.addCommand(lintCommand());
  registry.addCommand(exportCommand());
  registry.addCommand(diffCommand());
  registry.addCommand(importCommand());
  return registry;
}

function lintCommand(): Command {
  return new Command('lint')
    .description('Point out what is allowed and probably not meant: no owner, two spellings, a lone cluster.')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExamples:\n  pgfleet registry lint\n  pgfleet registry lint -c /etc/pgfleet/pgfleet.yml',
    )
    .action(async ({ config }: { config: string }) => {
      const { lint } = await import('../run-registry.ts');
      process.exitCode = await lint(config);
    });
}

function exportCommand(): Command {
  return new Command('export')
    .description('Print servers or hosts as a table for a spreadsheet.')
    .argument('<kind>', 'servers or hosts')
    .addOption(configOption())
    .addHelpText('after', '\nExamples:\n  pgfleet registry export servers > servers.csv')
    .action(async (kind: string, { config }: { config: string }, self: Command) => {
      if (kind !== 'servers' && kind !== 'hosts')
        self.error(`error: expected servers or hosts, found ${kind}`);
      else {
        const { exportTable } = await import('../run-registry.ts');
        process.exitCode = await exportTable(config, kind);
      }
    });
}

function diffCommand(): Command {
  return withSource(
    new Command('diff').description('Compare the registry with tables or with NetBox.'),
  ).action(async ({ config, ...source }: SourceOptions) => {
    const { diff } = await import('../run-registry.ts');
    process.exitCode = await diff(config, source);
  });
}

function importCommand(): Command {
  return withSource(new Command('import').description('Take over entries from tables or from NetBox.'))
    .option(
      '--write',
      'append the new entries to the configuration file; without it they are only listed',
      false,
    )
    .action(async ({ config, write, ...source }: SourceOptions & { write: boolean }) => {
      const { importEntries } = await import('../run-registry.ts');
      process.exitCode = await importEntries(config, source, write);
    });
}

function withSource(command: Command): Command {
  return command
    .addOption(configOption())
    .option(
      '--servers <file>',
      'table of servers: name, address, host, cluster, env, app, owner, site, lifecycle',
    )
    .option(
      '--hosts <file>',
      'table of hosts: name, transport, ssh_address, purchased, warranty_until, power_watts, cost_per_year and the above',
    )
    .addOption(
      new Option('--netbox <url>', 'read a NetBox; its token is taken from NETBOX_TOKEN').conflicts([
        'servers',
        'hosts',
      ]),
    )
    .addHelpText(
      'after',
      `
Tables are CSV as spreadsheets write them, with titles in English or Chinese; further labels are columns
called label.NAME. \`pgfleet registry export\` prints the form.

Examples:
  pgfleet registry ${command.name()} --servers servers.csv
  NETBOX_TOKEN=... pgfleet registry ${command.name()} --netbox https://netbox.example`,
    );
}

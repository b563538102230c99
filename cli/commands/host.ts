import { Command } from 'commander';
import { configOption } from '../options.ts';

/** `pgfleet host`: what concerns one machine. */
export function command(): Command {
  const host = new Command('host').description('Work with one host of pgfleet.yml.');
  host
    .command('trust')
    .description('Show the ssh key of a host and, after you agree, pin it in known_hosts.')
    .argument('<name>', 'name of the host in pgfleet.yml')
    .addOption(configOption())
    .option('-y, --yes', 'pin without asking: only when the fingerprint was compared otherwise', false)
    .option('--replace', 'take out the keys that were pinned before: only after a known change', false)
    .addHelpText(
      'after',
      `
Compare the fingerprint with the one the machine shows on its console:
  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub

Examples:
  pgfleet host trust db1
  pgfleet host trust db1 --replace`,
    )
    .action(async (name: string, options: { config: string; yes: boolean; replace: boolean }) => {
      const { trustHost } = await import('../trust-host.ts');
      process.exitCode = await trustHost({ name, ...options });
    });
  host
    .command('report')
    .description(
      'Read everything a host tells and print one page: identity, age, findings, what could not be read.',
    )
    .argument('<name>', 'name of the host in pgfleet.yml')
    .addOption(configOption())
    .addHelpText(
      'after',
      `
Reads all tiers, the slow ones too: with many disks that takes minutes. Works for hosts reached directly,
over ssh, and for those known by a capture file. Ends with code 1 when the host cannot be read or when a
finding is critical.

Examples:
  pgfleet host report db1
  pgfleet host report erp-pe2950 --config .pgfleet/demo/pgfleet.yml   a machine of the demo fleet`,
    )
    .action(async (name: string, options: { config: string }) => {
      const { printHostReport } = await import('../print-host-report.ts');
      process.exitCode = await printHostReport({ name, ...options });
    });
  return host;
}

import { Command } from 'commander';
import { configOption, listenOption } from '../options.ts';

/** `pgfleet notify`: the notifier as a service, and its test message. */
export function command(): Command {
  const notify = new Command('notify')
    .description('Run the notifier as a service: Alertmanager webhook in, email and IM out.')
    .addOption(configOption())
    .addOption(listenOption())
    .addHelpText(
      'after',
      `
Point Alertmanager's webhook at /v1/alertmanager/main. It is answered 200 only after the alert is stored.

Examples:
  pgfleet notify --listen 127.0.0.1:9440
  pgfleet notify test ops-mail`,
    )
    .action(async (options: { config: string; listen?: string }) => {
      const { runService } = await import('../run-service.ts');
      process.exitCode = await runService({ ...options, parts: ['notifier'] });
    });
  notify
    .command('test')
    .description('Send a test message through one channel and print what the provider answered.')
    .argument('<channel>', 'name of a channel in pgfleet.yml')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExamples:\n  pgfleet notify test ops-mail\n  pgfleet notify test ops-ding -c /etc/pgfleet/pgfleet.yml',
    )
    .action(async (channel: string, options: { config: string }) => {
      const { sendTestMessage } = await import('../send-test-message.ts');
      process.exitCode = await sendTestMessage({ channel, ...options });
    });
  return notify;
}

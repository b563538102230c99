import { join } from 'node:path';
import { Command } from 'commander';

/** `pgfleet demo`: break and mend servers of the demo fleet while it runs. */
export function command(): Command {
  const demo = new Command('demo').description(
    'Break and mend servers of the demo fleet, to watch alerts travel.',
  );
  demo.addHelpText(
    'after',
    `
Examples:
  pgfleet demo list
  pgfleet demo kill shop-db       like an out-of-memory kill: no warning, no shutdown
  pgfleet demo start shop-db      as an administrator would, with pg_ctl`,
  );
  demo
    .command('list')
    .description('List the servers and whether they run.')
    .option(...DATA_DIR)
    .addHelpText('after', '\nExamples:\n  pgfleet demo list')
    .action(async (options: Options) => {
      const { listDemoServers } = await import('../demo/demo-control.ts');
      for (const { name, major, port, pid } of await listDemoServers(folderOf(options))) {
        const state = pid === undefined ? 'stopped' : `runs, process ${pid}`;
        console.log(`${name.padEnd(16)} PostgreSQL ${major}  127.0.0.1:${port}  ${state}`);
      }
    });
  demo
    .command('kill')
    .description('Kill a server with SIGKILL.')
    .argument('<name>', 'name of the server, as `pgfleet demo list` prints it')
    .option(...DATA_DIR)
    .addHelpText('after', '\nExamples:\n  pgfleet demo kill shop-db')
    .action(async (name: string, options: Options) => {
      const { killDemoServer } = await import('../demo/demo-control.ts');
      await killDemoServer(folderOf(options), name);
      console.log(`${name} was killed`);
    });
  demo
    .command('start')
    .description('Start a server that was killed.')
    .argument('<name>', 'name of the server, as `pgfleet demo list` prints it')
    .option(...DATA_DIR)
    .addHelpText('after', '\nExamples:\n  pgfleet demo start shop-db')
    .action(async (name: string, options: Options) => {
      const { startDemoServer } = await import('../demo/demo-control.ts');
      await startDemoServer(folderOf(options), name);
      console.log(`${name} runs`);
    });
  return demo;
}

interface Options {
  readonly dataDir: string;
}

const DATA_DIR = ['--data-dir <folder>', "the demo fleet's data_dir", '.pgfleet'] as const;

function folderOf({ dataDir }: Options): string {
  return join(dataDir, 'demo');
}

import { join } from 'node:path';
import process from 'node:process';
import { attach, messageOf, ROOT } from './run.mjs';
import { setup } from './setup.mjs';
import { TEST_TOOLS } from './tools.mjs';

/** `npm run bench:NAME -- ARGUMENTS`: sets up as the tests do, then measures test/bench/NAME.ts. */
try {
  const [name = '', ...args] = process.argv.slice(2);
  await setup(TEST_TOOLS);
  const file = join(ROOT, 'test', 'bench', `${name}.ts`);
  process.exitCode = await attach(process.execPath, ['--import', 'tsx', file, ...args]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

import process from 'node:process';
import { stopWithNpm } from './npm-parent.mjs';
import { messageOf, ROOT } from './run.mjs';
import { setup } from './setup.mjs';
import { START_TOOLS } from './tools.mjs';

stopWithNpm();
try {
  process.chdir(ROOT);
  for (const { names, use, reason } of await setup(START_TOOLS)) {
    console.log(`Going on without ${names[0]} (${use}): ${reason}`);
  }
  // In this very process, so that signals reach it without detours.
  process.argv.splice(2, 0, 'up');
  await import('../dist/cli/main.js');
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

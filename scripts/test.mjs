import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { stopWithNpm } from './npm-parent.mjs';
import { attach, messageOf, ROOT } from './run.mjs';
import { setup } from './setup.mjs';
import { ensureChromium, TEST_TOOLS } from './tools.mjs';

/** Runs every test and closes with what was skipped and why, then the counts. Arguments go to vitest. */
async function main() {
  const missing = await setup(TEST_TOOLS);
  const chromium = await ensureChromium();
  const folder = mkdtempSync(join(tmpdir(), 'pgfleet-test-'));
  try {
    const notices = join(folder, 'notices');
    const results = join(folder, 'results.json');
    writeFileSync(notices, '');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const code = await attach(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
      env: { ...process.env, PGFLEET_TEST_NOTICES: notices },
    });
    const tools = missing.map(({ names, use, reason }) => `${names[0]} (${use}): ${reason}`);
    if (chromium !== undefined) tools.push(`chromium (the status page is tested in it): ${chromium}`);
    return close(code, results, tools, readFileSync(notices, 'utf8').split('\n').filter(Boolean));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function close(code, results, tools, notices) {
  print('Not on this machine:', tools);
  print('Skipped:', [...new Set(notices)].sort());
  if (!existsSync(results)) {
    console.log('\nvitest ended without a result');
    return code || 1;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = JSON.parse(
    readFileSync(results, 'utf8'),
  );
  const skipped = numPendingTests + numTodoTests;
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${skipped} skipped`);
  return code || (success ? 0 : 1);
}

function print(title, lines) {
  if (lines.length === 0) return;
  console.log(`\n${title}`);
  for (const line of lines) console.log(`  ${line}`);
}

stopWithNpm();
try {
  process.exitCode = await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

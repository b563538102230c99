import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { capture, findProgram, messageOf, ROOT, seconds } from './run.mjs';
import { setup } from './setup.mjs';
import { START_TOOLS } from './tools.mjs';

/** What `npm run check` holds the repository to; CI runs the same. A step gives a text when it could not be done here. */
const STEPS = [
  {
    name: 'format and lint',
    run: () => tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']),
  },
  { name: 'types', run: () => tool('typescript/bin/tsc', ['-p', 'tsconfig.json']) },
  { name: 'dead code', run: () => tool('knip/bin/knip.js', []) },
  {
    name: 'unit and contract tests',
    run: () => tool('vitest/vitest.mjs', ['run', '--project', 'unit', '--project', 'contract']),
  },
  { name: 'alert rules', run: () => promtool(['check', 'rules'], '.rules.yml') },
  { name: 'alert rule tests', run: () => promtool(['test', 'rules'], '.rules.test.yml') },
  {
    name: 'generated files',
    run: () => node(['--import', 'tsx', 'cli/main.ts', 'generate', '--check']),
  },
  { name: 'docker-compose.yml', run: compose },
];

async function main() {
  await setup(START_TOOLS);
  const failed = [];
  const skipped = [];
  for (const { name, run } of STEPS) {
    const started = Date.now();
    try {
      const reason = await run();
      if (reason !== undefined) skipped.push(`${name}: ${reason}`);
      console.log(`${reason === undefined ? 'ok      ' : 'skipped '}${name} (${seconds(started)})`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name} (${seconds(started)})\n${messageOf(error)}`);
    }
  }
  for (const line of skipped) console.log(`skipped: ${line}`);
  console.log(failed.length === 0 ? 'All checks passed' : `Failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

async function node(args) {
  await capture(process.execPath, args);
}

function tool(path, args) {
  return node([join(ROOT, 'node_modules', path), ...args]);
}

async function promtool(args, ending) {
  const program = findProgram('promtool');
  if (program === undefined) return 'promtool is not on PATH';
  const folder = join(ROOT, 'alert-rules');
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending));
  if (files.length === 0) throw new Error(`alert-rules: expected files that end in ${ending}, found none`);
  await capture(program, [...args, ...files.map((name) => join(folder, name))]);
  return undefined;
}

async function compose() {
  const docker = findProgram('docker');
  if (docker === undefined) return 'docker is not on PATH';
  const hasCompose = await capture(docker, ['compose', 'version']).catch(() => undefined);
  if (hasCompose === undefined) return 'docker has no compose command here';
  await capture(docker, ['compose', '-f', 'docker-compose.yml', 'config', '--quiet']);
  return undefined;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

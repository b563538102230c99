import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileThresholds, GENERATED_THRESHOLDS } from '../alert-rules/compile.ts';
import { alertsReference } from '../alert-rules/reference.ts';
import { buildDashboards } from '../dashboards/build.ts';
import { configurationReference } from './configuration-reference.ts';
import { deployFiles } from './deploy-files.ts';
import { metricsReference } from './metrics-reference.ts';

/** Writes every generated file below a root that is laid out like the project. */
export async function writeGenerated(root: string): Promise<void> {
  await buildDashboards(join(root, 'dashboards/generated'));
  await write(join(root, 'alert-rules', GENERATED_THRESHOLDS), compileThresholds());
  for (const [path, text] of await deployFiles()) await write(join(root, path), text);
  await write(join(root, 'docs/reference/alerts.md'), await alertsReference());
  await write(join(root, 'docs/reference/metrics.md'), await metricsReference());
  await write(join(root, 'docs/reference/configuration.md'), await configurationReference());
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

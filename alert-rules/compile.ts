import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { projectFile } from '../lib/project-file.ts';
import { type ThresholdOverrides, withOverrides } from './config.ts';
import { loadThresholds, SEVERITIES, type Threshold } from './thresholds.ts';

/** The folder of the rule pack. */
export const RULES_FOLDER = projectFile('alert-rules');

/** The thresholds as recording rules, committed so that plain Prometheus can load the folder as it is. */
export const GENERATED_THRESHOLDS = join('generated', 'thresholds.rules.yml');

/** What runbook_url and dashboard_url start with in the rule files; a site's own addresses replace them. */
export const DEFAULT_RUNBOOK_BASE = 'https://github.com/pgfleet/pgfleet/blob/main/docs/runbooks/en';
export const DEFAULT_DASHBOARD_BASE = 'http://127.0.0.1:9435';

export interface WriteRulesOptions {
  /** The `thresholds:` section of pgfleet.yml. */
  readonly overrides?: ThresholdOverrides;
  /** Where the runbooks are read, up to the file name. */
  readonly runbookBase?: string;
  /** Grafana's root URL. */
  readonly dashboardBase?: string;
}

/** The recording rules pgfleet:threshold{name,severity}, as text of a rule file. */
export function compileThresholds(thresholds: readonly Threshold[] = loadThresholds()): string {
  return `# Generated from alert-rules/thresholds.yml by \`npm run generate\`: edit that file, or override a value
# under \`thresholds:\` in pgfleet.yml.
groups:
  - name: pgfleet-thresholds
    rules:
${thresholds.map(compileThreshold).join('\n')}`;
}

function compileThreshold({ name, values, description }: Threshold): string {
  const rules = SEVERITIES.filter((severity) => values[severity] !== undefined).map(
    (severity) => `      - record: pgfleet:threshold
        labels:
          name: ${name}
          severity: ${severity}
        expr: vector(${values[severity]})
`,
  );
  return `      # ${description.en}\n${rules.join('')}`;
}

/** Every rule file of a folder, relative to it and sorted: `<area>/<topic>.rules.yml`; or, by their ending, its tests. */
export async function ruleFiles(folder: string = RULES_FOLDER, ending = '.rules.yml'): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Writes the whole rule pack for one site: its thresholds compiled in, its addresses in the annotations.
 * Load exactly the files returned instead of the shipped folder, not beside it.
 */
export async function writeRules(outDir: string, options: WriteRulesOptions = {}): Promise<string[]> {
  const { overrides = {}, runbookBase, dashboardBase } = options;
  const files = await ruleFiles();
  return Promise.all(
    files.map(async (file) => {
      const text =
        file === GENERATED_THRESHOLDS
          ? compileThresholds(withOverrides(loadThresholds(), overrides))
          : rebase(await readFile(join(RULES_FOLDER, file), 'utf8'), { runbookBase, dashboardBase });
      const path = join(outDir, ...file.split(sep));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      return path;
    }),
  );
}

function rebase(
  text: string,
  bases: { runbookBase: string | undefined; dashboardBase: string | undefined },
): string {
  const { runbookBase = DEFAULT_RUNBOOK_BASE, dashboardBase = DEFAULT_DASHBOARD_BASE } = bases;
  return text
    .replaceAll(`${DEFAULT_RUNBOOK_BASE}/`, `${trimSlash(runbookBase)}/`)
    .replaceAll(`${DEFAULT_DASHBOARD_BASE}/`, `${trimSlash(dashboardBase)}/`);
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

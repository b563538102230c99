import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadConfig } from './config.ts';

/**
 * Puts a new text in the place of a configuration file, if it is valid: written beside it, held to the rules,
 * then renamed over it. Throws ConfigError and changes nothing otherwise.
 */
export async function replaceConfig(file: string, text: string): Promise<void> {
  const aside = `${file}.new`;
  writeFileSync(aside, text, { mode: statSync(file).mode });
  try {
    await loadConfig({ file: aside, env: process.env });
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

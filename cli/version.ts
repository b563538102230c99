import { readFileSync } from 'node:fs';
import { projectFile } from '../lib/project-file.ts';

/** The version in package.json. */
export function pgfleetVersion(): string {
  const text: unknown = JSON.parse(readFileSync(projectFile('package.json'), 'utf8'));
  return text !== null && typeof text === 'object' && 'version' in text ? String(text.version) : 'unknown';
}

import { readdirSync, readFileSync } from 'node:fs';

const FIXTURES = new URL('../fixtures/', import.meta.url);

/** The text of a file of test/fixtures, "raid/mdstat.txt". */
export function fixtureText(path: string): string {
  return readFileSync(new URL(path, FIXTURES), 'utf8');
}

/** All texts of a folder of test/fixtures by name, without its README. */
export function fixtureTexts(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(new URL(`${folder}/`, FIXTURES)).filter((name) => !name.endsWith('.md'));
  return new Map(names.map((name) => [name, fixtureText(`${folder}/${name}`)]));
}

import { readFileSync } from 'node:fs';
import { ConfigError, parseConfig } from '../../../lib/config.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { TakenNames } from './names.ts';
import { ownFormSchema } from './own-form.ts';
import { peerFormSchema } from './peer-form.ts';
import { toCollector } from './user-collector.ts';

/**
 * The collectors of the files, in their order; a name may be taken only once, by us or by any of them.
 * Throws ConfigError with every problem of the first file that has some.
 */
export function loadUserCollectors(
  files: readonly string[],
  builtIn: readonly PostgresCollector[],
): readonly PostgresCollector[] {
  const taken = new TakenNames(builtIn);
  return files.flatMap((file) => {
    const source = { file, text: read(file), env: {} };
    // Nothing else tells the forms apart as surely: a namespace of the peer's is never called so.
    const isOwn = /^(['"]?)collectors\1\s*:/m.test(source.text);
    const users = isOwn
      ? parseConfig(ownFormSchema(taken), source)
      : parseConfig(peerFormSchema(taken), source);
    const collectors = users.map(toCollector);
    taken.take(collectors, file);
    return collectors;
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = missing ? 'no such file; it is named under user_collectors' : 'cannot be read';
    throw new ConfigError([{ file, line: 1, column: 1, path: '', message }], { cause: error });
  }
}

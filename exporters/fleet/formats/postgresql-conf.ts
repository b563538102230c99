/**
 * Source: postgresql.conf, https://www.postgresql.org/docs/current/config-setting.html
 * Shape:  "port = 5433   # comment", "data_directory '/data/it''s'"; the last of a name counts; includes are not read
 */

const LINE = /^\s*(?<name>[a-zA-Z_][\w.]*)(?:\s*=\s*|\s+)(?:'(?<quoted>(?:[^']|'')*)'|(?<bare>[^\s#']+))/gm;

/** The settings of a file by name in lower case. */
export function parsePostgresqlConf(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const { groups } of text.matchAll(LINE)) {
    const value = groups?.['quoted']?.replaceAll("''", "'") ?? groups?.['bare'] ?? '';
    settings.set((groups?.['name'] ?? '').toLowerCase(), value);
  }
  return settings;
}

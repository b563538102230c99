import { isSeq, parseDocument, YAMLSeq } from 'yaml';
import { PgfleetError } from '../../lib/errors.ts';

/** An entry to add to pgfleet.yml; undefined fields are left out. */
export interface NewEntry {
  readonly comment?: string | undefined;
  readonly fields: Readonly<Record<string, string | Readonly<Record<string, string>> | undefined>>;
}

/**
 * A configuration text with entries appended to `servers:` or `hosts:`, comments and order kept. Throws
 * PgfleetError `config` for a text that is no YAML mapping or holds something else than a list there.
 */
export function appendEntries(
  text: string,
  section: 'servers' | 'hosts',
  entries: readonly NewEntry[],
): string {
  if (entries.length === 0) return text;
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new PgfleetError('config', 'the configuration file is not valid YAML');
  const present = document.get(section, true);
  const list = isSeq(present) ? present : new YAMLSeq();
  if (!isSeq(present)) {
    if (present !== undefined && String(present) !== 'null' && String(present) !== '') {
      throw new PgfleetError('config', `${section}: expected a list to append to, found something else`);
    }
    document.set(section, list);
  }
  list.flow = false;
  for (const { comment, fields } of entries) {
    const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const node = document.createNode(known);
    if (comment !== undefined)
      node.commentBefore = comment
        .split('\n')
        .map((line) => ` ${line}`)
        .join('\n');
    list.add(node);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

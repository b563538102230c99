/** What a collector may begin with: everything that only reads and answers with rows. */
const READING = /^(?:select|with|values|table|show)\b/i;
/** Quoted texts and names, dollar quotes and comments; a semicolon or keyword in there means nothing. */
const OPAQUE =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<tag>\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\k<tag>|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** The statement without the semicolon that people end it with. */
export function trimSql(sql: string): string {
  return sql.trim().replace(/[;\s]+$/, '');
}

/**
 * Why a text cannot be run as a collector; undefined when it can. The server enforces that it only reads; here the
 * two things are held off that would get around that or break the batch: another command, and a second statement.
 */
export function sqlProblem(sql: string): string | undefined {
  const bare = trimSql(sql.replace(OPAQUE, (text) => (/^(?:--|\/\*)/.test(text) ? ' ' : '_')));
  if (bare === '') return 'expected SQL, found nothing';
  if (bare.includes(';')) return 'expected one statement, found a semicolon inside';
  if (!READING.test(bare.replace(/^[(\s]+/, '')))
    return 'expected a statement that only reads: select, with, values, table or show';
  return undefined;
}

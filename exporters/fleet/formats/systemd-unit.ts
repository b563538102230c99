/**
 * Source: systemd unit files and their drop-ins, https://www.freedesktop.org/software/systemd/man/systemd.exec.html
 * Shape:  "[Service]", "Environment=PGDATA=/data", "ExecStart=/usr/bin/postgres -D /data", "\" continues a line
 */

/** What a unit says about the server it starts. */
export interface ServerUnit {
  readonly dataDirectory: string | undefined;
  readonly program: string | undefined;
  readonly user: string | undefined;
}

/** Reads a unit file and its drop-ins, in the order in which systemd applies them. */
export function parseServerUnit(texts: readonly string[]): ServerUnit {
  const environment = new Map<string, string>();
  let start: string | undefined;
  let user: string | undefined;
  for (const [key, value] of texts.flatMap(serviceLines)) {
    if (key === 'User') user = value === '' ? undefined : value;
    if (key === 'Environment') for (const [name, text] of assignments(value)) environment.set(name, text);
    // An empty assignment takes back the commands before it.
    if (key === 'ExecStart') start = value === '' ? undefined : value;
  }
  const words = (start ?? '').split(/\s+/).map((word) => substitute(word, environment));
  const option = words.indexOf('-D');
  const named = option === -1 ? undefined : words[option + 1];
  return {
    dataDirectory: absolute(named) ?? absolute(environment.get('PGDATA')),
    program: absolute(words[0]?.replace(/^[-@:+!]+/, '')),
    user,
  };
}

function serviceLines(text: string): [string, string][] {
  let section = '';
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .flatMap((raw): [string, string][] => {
      const line = raw.trim();
      const title = /^\[(?<name>[^\]]+)\]$/.exec(line)?.groups?.['name'];
      if (title !== undefined) section = title;
      const { key, value } = /^(?<key>[A-Za-z]+)\s*=\s*(?<value>.*)$/.exec(line)?.groups ?? {};
      return section === 'Service' && key !== undefined && value !== undefined ? [[key, value]] : [];
    });
}

function assignments(text: string): [string, string][] {
  return [...text.matchAll(/"(?<quoted>[^"]*)"|'(?<single>[^']*)'|(?<bare>\S+)/g)].flatMap(({ groups }) => {
    const word = groups?.['quoted'] ?? groups?.['single'] ?? groups?.['bare'] ?? '';
    const equals = word.indexOf('=');
    return equals === -1 ? [] : [[word.slice(0, equals), word.slice(equals + 1)]];
  });
}

function substitute(word: string, environment: ReadonlyMap<string, string>): string {
  return word.replace(/\$\{?(?<name>\w+)\}?/g, (all, name: string) => environment.get(name) ?? all);
}

/** A path without its last slash; undefined for anything that is not an absolute path known in full. */
function absolute(path: string | undefined): string | undefined {
  if (path === undefined || !path.startsWith('/') || /[%$]/.test(path)) return undefined;
  return path === '/' ? path : path.replace(/\/+$/, '');
}

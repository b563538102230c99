/**
 * Source: connection strings of primary_conninfo, subscriptions, PgBouncer and foreign servers
 *         https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 * Shape:  "host=db1,db2 port=5432 dbname=x password='it''s'", or "postgresql://user:password@db1:5432,db2/x"
 */

/** Where a connection string leads. Everything else in it, its password above all, is dropped on reading. */
export interface Endpoint {
  /** Host name or address; a socket directory starts with a slash. */
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 5432;

/** The endpoints of a connection string in their order; none when it names no host (the local socket) or is malformed. */
export function endpointsOf(conninfo: string): Endpoint[] {
  const isUri = /^postgres(?:ql)?:\/\//i.test(conninfo);
  const parameters = isUri ? uriParameters(conninfo) : keywordParameters(conninfo);
  const hosts = list(parameters.get('hostaddr')) ?? list(parameters.get('host')) ?? [];
  const ports = list(parameters.get('port')) ?? [];
  return hosts.flatMap((host, index) => {
    const port = Number(ports[index] ?? ports[0] ?? DEFAULT_PORT) || DEFAULT_PORT;
    return host === '' || port > 65_535 ? [] : [{ host, port }];
  });
}

function list(value: string | undefined): string[] | undefined {
  return value === undefined || value === '' ? undefined : value.split(',').map((part) => part.trim());
}

const KEYWORD =
  /\s*(?<key>[a-zA-Z_]+)\s*=\s*(?:'(?<quoted>(?:[^'\\]|\\.|'')*)'|(?<bare>(?:[^\s'\\]|\\.)*))/gy;

function keywordParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const { groups } of text.matchAll(KEYWORD)) {
    const value = (groups?.['quoted'] ?? groups?.['bare'] ?? '')
      .replace(/\\(.)/g, '$1')
      .replaceAll("''", "'");
    parameters.set(groups?.['key'] ?? '', value);
  }
  return parameters;
}

const URI = /^[a-z]+:\/\/(?:[^@/]*@)?(?<hosts>[^/?]*)(?:\/[^?]*)?(?:\?(?<query>.*))?$/i;
const URI_HOST = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]*))(?::(?<port>\d{1,5}))?$/;

function uriParameters(text: string): Map<string, string> {
  const { hosts = '', query = '' } = URI.exec(text)?.groups ?? {};
  const parts = hosts.split(',').map((part) => URI_HOST.exec(part)?.groups ?? {});
  const parameters = new Map(new URLSearchParams(query));
  const names = parts.map(({ v6, name = '' }) => v6 ?? decode(name));
  if (names.some((name) => name !== '')) {
    parameters.set('host', names.join(','));
    parameters.set('port', parts.map(({ port }) => port ?? String(DEFAULT_PORT)).join(','));
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { z } from 'zod';
import { startDeadline } from '../../lib/deadline.ts';
import { errorMessage, ParseError, PgfleetError } from '../../lib/errors.ts';
import type { Secret } from '../../lib/secret.ts';
import type { RawEntry } from './imported.ts';

/**
 * Source: REST API of NetBox 2.10 and later, https://netboxlabs.com/docs/netbox/integrations/rest-api/
 *         services called PostgreSQL or on its port, and the devices and virtual machines they run on
 * Needs:  a token that may read dcim.device, virtualization.virtualmachine and ipam.service
 */
const named = z.object({ name: z.string().nullish() }).nullish();

const parentSchema = z.object({ id: z.number(), name: z.string().nullish() });

const serviceSchema = z.object({
  id: z.number(),
  url: z.string().default(''),
  name: z.string(),
  ports: z.array(z.number()).default([]),
  device: parentSchema.nullish(),
  virtual_machine: parentSchema.nullish(),
  /** From 4.3 on in place of the two above. */
  parent_object_type: z.string().nullish(),
  parent: parentSchema.nullish(),
  ipaddresses: z.array(z.object({ address: z.string() })).default([]),
});
type Service = z.output<typeof serviceSchema>;

const machineSchema = z.object({
  id: z.number(),
  url: z.string().default(''),
  name: z.string().nullish(),
  status: z.object({ value: z.string() }).nullish(),
  site: named,
  tenant: named,
  primary_ip: z.object({ address: z.string() }).nullish(),
});
type Machine = z.output<typeof machineSchema>;

const pageSchema = z.object({ next: z.string().nullish(), results: z.array(z.unknown()) });

export interface NetboxOptions {
  /** "https://netbox.example" */
  readonly url: string;
  readonly token: Secret;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const MAX_PAGES = 500;

/** Servers and hosts that NetBox knows. Throws PgfleetError when it does not answer or answers something else. */
export async function readNetbox(
  options: NetboxOptions,
): Promise<{ servers: RawEntry[]; hosts: RawEntry[] }> {
  const services = (await readAll('api/ipam/services/', serviceSchema, options)).filter(isPostgres);
  const ids = (kind: ParentKind) =>
    services.flatMap((service) => (kindOf(service) === kind ? [parentOf(service).id] : []));
  const devices = await readByIds('api/dcim/devices/', ids('device'), options);
  const machines = await readByIds('api/virtualization/virtual-machines/', ids('machine'), options);
  return netboxEntries(services, devices, machines);
}

type ParentKind = 'device' | 'machine';

function isPostgres({ name, ports }: Service): boolean {
  return /postgres|pgsql/i.test(name) || ports.includes(5432);
}

function kindOf({
  device,
  virtual_machine: machine,
  parent_object_type: type,
}: Service): ParentKind | undefined {
  if (device || type === 'dcim.device') return 'device';
  return machine || type === 'virtualization.virtualmachine' ? 'machine' : undefined;
}

function parentOf({ device, virtual_machine: machine, parent }: Service): z.output<typeof parentSchema> {
  return device ?? machine ?? parent ?? { id: 0, name: undefined };
}

/** Pure: a server per port of a service, a host per machine it runs on. */
export function netboxEntries(
  services: readonly Service[],
  devices: readonly Machine[],
  machines: readonly Machine[],
): { servers: RawEntry[]; hosts: RawEntry[] } {
  const hostOf = (service: Service) => {
    const { id } = parentOf(service);
    return (kindOf(service) === 'device' ? devices : machines).find((machine) => machine.id === id);
  };
  const servers = services.flatMap((service) => {
    const host = hostOf(service);
    const ip = service.ipaddresses[0]?.address ?? host?.primary_ip?.address;
    return service.ports.map((port): RawEntry => {
      const name = serverName(service, host?.name ?? parentOf(service).name ?? undefined, port);
      const address = ip === undefined ? {} : { address: addressText(ip, port) };
      const own = host?.name ? { host: nameText(host.name) } : {};
      return { where: service.url, fields: { name, ...address, ...own, ...machineFields(host) }, labels: {} };
    });
  });
  const hosts = [...devices, ...machines].flatMap((machine): RawEntry[] => {
    if (!machine.name) return [];
    const ip = machine.primary_ip?.address;
    const ssh = ip === undefined ? {} : { ssh_address: addressText(ip, 22) };
    return [
      {
        where: machine.url,
        fields: { name: nameText(machine.name), ...ssh, ...machineFields(machine) },
        labels: {},
      },
    ];
  });
  return { servers, hosts };
}

/** https://netboxlabs.com/docs/netbox/models/dcim/device/#status; others say nothing about what people decided. */
const LIFECYCLES: Readonly<Record<string, string>> = {
  planned: 'planned',
  staged: 'provisioning',
  active: 'in_service',
  decommissioning: 'deprecated',
  inventory: 'retired',
};

function machineFields(machine: Machine | undefined): Record<string, string> {
  const lifecycle = LIFECYCLES[machine?.status?.value ?? ''];
  const fields = { site: machine?.site?.name, owner: machine?.tenant?.name, lifecycle };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => Boolean(field[1])),
  );
}

function serverName({ name, ports }: Service, host: string | undefined, port: number): string {
  const isGeneric = /^(?:postgres(?:ql)?|pgsql)$/i.test(name);
  const base = isGeneric && host !== undefined ? host : name;
  return nameText(ports.length > 1 ? `${base}-${port}` : base);
}

/** A name as pgfleet.yml takes it. */
function nameText(text: string): string {
  return text
    .trim()
    .replace(/[^a-zA-Z0-9._-]+/g, '-')
    .slice(0, 100);
}

/** "10.0.0.5/24" and a port as an address. */
function addressText(prefixed: string, port: number): string {
  const ip = prefixed.replace(/\/\d+$/, '');
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Ids in one address, few enough for every server and proxy on the way. */
const IDS_AT_ONCE = 50;

async function readByIds(path: string, ids: readonly number[], options: NetboxOptions): Promise<Machine[]> {
  const unique = [...new Set(ids)];
  const found: Machine[] = [];
  for (let start = 0; start < unique.length; start += IDS_AT_ONCE) {
    const query = new URLSearchParams(
      unique.slice(start, start + IDS_AT_ONCE).map((id): [string, string] => ['id', String(id)]),
    );
    found.push(...(await readAll(`${path}?${query}`, machineSchema, options)));
  }
  return found;
}

async function readAll<S extends z.ZodType>(
  path: string,
  schema: S,
  options: NetboxOptions,
): Promise<z.output<S>[]> {
  const base = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`);
  let url: URL | undefined = new URL(path, base);
  url.searchParams.set('limit', '200');
  const found: z.output<S>[] = [];
  for (let page = 0; url !== undefined && page < MAX_PAGES; page += 1) {
    const { results, next }: z.output<typeof pageSchema> = parse(pageSchema, await get(url, options), url);
    for (const result of results) found.push(parse(schema, result, url));
    url = next ? new URL(next) : undefined;
    // The token goes to the configured server only, and a proxy may call it by its inner name.
    if (url !== undefined) url = new URL(`${url.pathname}${url.search}`, base);
  }
  return found;
}

function parse<S extends z.ZodType>(schema: S, value: unknown, url: URL): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ParseError(
    url.pathname,
    'an answer of the NetBox API',
    `${issue?.path.join('.')}: ${issue?.message}`,
  );
}

async function get(url: URL, { token, signal }: NetboxOptions): Promise<unknown> {
  const deadline = startDeadline(TIMEOUT_MS, signal);
  try {
    const headers = { Authorization: `Token ${token.reveal()}`, Accept: 'application/json' };
    const response = await fetch(url, { headers, signal: deadline.signal, redirect: 'error' });
    if (!response.ok) {
      const code = response.status === 401 || response.status === 403 ? 'permission' : 'connect';
      throw new PgfleetError(code, `${url.origin}${url.pathname}: HTTP status ${response.status}`);
    }
    return await response.json();
  } catch (error) {
    if (error instanceof PgfleetError) throw error;
    throw new PgfleetError('connect', `${url.origin}${url.pathname}: ${errorMessage(error)}`, {
      cause: error,
    });
  } finally {
    deadline.clear();
  }
}

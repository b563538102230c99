/**
 * Source: GET /containers/json of the Docker Engine API on a local socket; Podman answers the same
 *         https://docs.docker.com/reference/api/engine/#tag/Container/operation/ContainerList
 * Shape:  [{"Id","Image","Names","State","Ports":[{"IP","PrivatePort","PublicPort"}],"Mounts":[{"Source","Destination"}]}]
 *         environment variables, which hold passwords, are not in it
 * Needs:  access to the socket (root or its group)
 * Absent when: there is no such socket
 */
import { z } from 'zod';
import { ParseError, PgfleetError } from '../../../lib/errors.ts';
import { readDataDirectory } from '../data-directory.ts';
import { onEachMachine, type ReportGap } from '../each-machine.ts';
import { directorySighting } from '../sightings.ts';
import type { Machine, Sighting, Technique } from '../technique.ts';

const SOCKETS = ['/var/run/docker.sock', '/run/podman/podman.sock'];
/** Without a version: engines refuse those they find too old (29.0 all before 1.44), and these fields are in every one. */
const API_PATH = '/containers/json?all=1';

export const technique = {
  name: 'containers',
  help: 'Containers whose image or port is that of PostgreSQL or PgBouncer, running or not.',
  discover: (context) =>
    onEachMachine(context, async function* (machine, report) {
      for (const socket of SOCKETS) {
        const answer = await ask(machine, socket, report);
        for (const container of answer === undefined ? [] : parseContainers(socket, answer)) {
          yield* containerSightings(container, machine, report);
        }
      }
    }),
} satisfies Technique;

async function ask(machine: Machine, socket: string, report: ReportGap): Promise<string | undefined> {
  try {
    return await machine.containerApi?.(socket, API_PATH);
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    report(error);
    return undefined;
  }
}

const containersSchema = z.array(
  z.object({
    Id: z.string(),
    Image: z.string(),
    Names: z.array(z.string()).nullish(),
    State: z.string(),
    Ports: z
      .array(
        z.object({ IP: z.string().nullish(), PrivatePort: z.number(), PublicPort: z.number().nullish() }),
      )
      .nullish(),
    Mounts: z.array(z.object({ Source: z.string().nullish(), Destination: z.string() })).nullish(),
  }),
);
type Container = z.output<typeof containersSchema>[number];

/** Containers of an answer. Throws ParseError for anything else. */
export function parseContainers(where: string, text: string): Container[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ParseError(where, 'a list of containers', text, { cause: error });
  }
  const parsed = containersSchema.safeParse(value);
  if (!parsed.success) throw new ParseError(where, 'a list of containers', text);
  return parsed.data;
}

const POSTGRES_IMAGE =
  /(?:^|[/:._-])(?:postgres(?:ql)?|postgis|timescaledb(?:-ha)?|pgvector|spilo|edb-postgres\w*|crunchy-postgres\w*)(?:[-:@/]|$)/;
const BOUNCER_IMAGE = /(?:^|[/:_-])pgbouncer(?:[-:@/]|$)/;
/** Tools that carry the name and are no servers. */
const TOOL_IMAGE = /(?:exporter|backup|pgadmin|operator|postgrest|init|client)/;

function kindOf({ Image, Ports }: Container): 'postgresql' | 'pgbouncer' | undefined {
  const image = Image.toLowerCase();
  if (BOUNCER_IMAGE.test(image)) return 'pgbouncer';
  if (TOOL_IMAGE.test(image)) return undefined;
  const isPostgres = POSTGRES_IMAGE.test(image) || Ports?.some(({ PrivatePort }) => PrivatePort === 5432);
  return isPostgres ? 'postgresql' : undefined;
}

async function* containerSightings(
  container: Container,
  machine: Machine,
  report: ReportGap,
): AsyncIterable<Sighting> {
  const kind = kindOf(container);
  if (kind === undefined) return;
  const details = {
    image: container.Image,
    ...(container.Names?.[0] === undefined ? {} : { container: container.Names[0].replace(/^\//, '') }),
    container_state: container.State,
  };
  const base = {
    kind,
    state: container.State === 'running' ? 'running' : 'stopped',
    machine: machine.name,
    container: container.Id,
    places: publishedPlaces(container),
    details,
  } as const;
  const directory = kind === 'postgresql' ? await mountedDirectory(container, machine, report) : undefined;
  yield directory === undefined ? base : { ...directorySighting(machine, directory, details), ...base };
}

/** Ports that the machine passes on to the container. */
function publishedPlaces({ Ports }: Container): Sighting['places'] {
  return (Ports ?? []).flatMap(({ IP, PublicPort }) =>
    typeof PublicPort === 'number' ? [{ host: IP || '0.0.0.0', port: PublicPort }] : [],
  );
}

/** The data directory in one of the folders the container has from the machine. */
async function mountedDirectory({ Mounts }: Container, machine: Machine, report: ReportGap) {
  for (const { Source: source } of Mounts ?? []) {
    for (const folder of typeof source === 'string' ? [source, `${source}/pgdata`, `${source}/data`] : []) {
      const directory = await readDataDirectory(machine.files, folder);
      report(...(directory?.unreadable ?? []));
      if (directory?.major !== undefined) return directory;
    }
  }
  return undefined;
}

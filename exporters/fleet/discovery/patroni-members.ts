/**
 * Source: GET /cluster of the Patroni beside registered servers
 *         https://patroni.readthedocs.io/en/latest/rest_api.html#get-cluster
 * Shape:  {"members":[{"name","role":"leader","state":"running","host":"10.0.0.5","port":5432}]}
 * Needs:  `patroni:` in the options of the server; the REST API asks for no login to read
 * Absent when: no registered server has it
 */
import { z } from 'zod';
import { ParseError, PgfleetError } from '../../../lib/errors.ts';
import { fromElsewhere } from '../edges.ts';
import { inParallel } from '../in-parallel.ts';
import type { DiscoveryContext, KnownPatroni, Sighting, Technique } from '../technique.ts';

const AT_ONCE = 10;

export const technique = {
  name: 'patroni-members',
  help: 'Members of the Patroni clusters that registered servers belong to.',
  discover: (context) => inParallel(context.patronis, AT_ONCE, (patroni) => ask(patroni, context)),
} satisfies Technique;

const clusterSchema = z.object({
  members: z.array(
    z.object({
      name: z.string(),
      role: z.string(),
      state: z.string().default('unknown'),
      host: z.string().optional(),
      port: z.number().optional(),
    }),
  ),
});

async function ask(patroni: KnownPatroni, { gap, signal }: DiscoveryContext): Promise<Sighting[]> {
  try {
    return parseMembers(await patroni.cluster(signal), patroni);
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    gap({ where: patroni.name, error });
    return [];
  }
}

/** One sighting per member with an address. Throws ParseError for another document. */
export function parseMembers(text: string, from: Pick<KnownPatroni, 'name' | 'place'>): Sighting[] {
  const where = `GET /cluster of ${from.name}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ParseError(where, 'the members of a Patroni cluster', text, { cause: error });
  }
  const parsed = clusterSchema.safeParse(value);
  if (!parsed.success) throw new ParseError(where, 'the members of a Patroni cluster', text);
  return parsed.data.members.flatMap(({ name, role, state, host, port }) =>
    host === undefined || port === undefined
      ? []
      : [
          {
            kind: 'postgresql' as const,
            state: 'referenced' as const,
            places: [{ host: fromElsewhere(host, from), port }],
            // The leader of a standby cluster follows another one.
            role: role === 'leader' || role === 'master' ? ('primary' as const) : ('standby' as const),
            details: { referenced_by: from.name, edge: `is member ${name} of its Patroni cluster, ${state}` },
          },
        ],
  );
}

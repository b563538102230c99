import { type RequestHandler, Router } from 'express';
import type { HealthReport } from '../exporters/postgres/health-check.ts';
import { type HealthQuestion, judgeHealth } from '../exporters/postgres/health-verdict.ts';
import { durationSchema } from '../lib/config.ts';
import { PgfleetError } from '../lib/errors.ts';

/** Where the state of a server comes from; rejects with `not_found` for a name that nobody declared. */
type ServerHealth = (target: string) => Promise<HealthReport>;

/** HAProxy asks with OPTIONS unless told otherwise, and express would answer that with 200 by itself. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * `/NAME`, `/NAME/primary` and `/NAME/replica?max_lag=10s` for load balancers: 200 or 503 with the reason
 * in one line, 404 for an unknown name, 400 for a question that is not understood.
 */
export function healthRouter(health: ServerHealth): Router {
  const router = Router();
  const answer =
    (want: HealthQuestion['want']): RequestHandler<{ name: string }> =>
    async (request, response) => {
      if (!METHODS.includes(request.method)) {
        response.status(405).set('Allow', METHODS.join(', ')).type('text/plain').send('Ask with GET.\n');
        return;
      }
      const question = questionOf(want, request.query);
      const { healthy, text } = judgeHealth(await health(request.params.name), question);
      response
        .status(healthy ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .type('text/plain')
        .send(`${text}\n`);
    };
  router.all('/:name', answer('up'));
  router.all('/:name/primary', answer('primary'));
  router.all('/:name/replica', answer('replica'));
  return router;
}

function questionOf(want: HealthQuestion['want'], query: Readonly<Record<string, unknown>>): HealthQuestion {
  const { max_lag: maxLag, ...unknown } = query;
  const [stray] = want === 'replica' ? Object.keys(unknown) : Object.keys(query);
  if (stray !== undefined) {
    const known = want === 'replica' ? 'only max_lag is known here' : 'expected no parameters';
    throw new PgfleetError('parse', `${stray}: ${known}`);
  }
  if (want !== 'replica') return { want };
  return { want, maxLagSeconds: maxLag === undefined ? undefined : secondsOf(maxLag) };
}

/** Throws PgfleetError `parse` for anything but a duration, also for one that is given twice. */
function secondsOf(maxLag: unknown): number {
  const parsed = durationSchema.safeParse(maxLag);
  if (parsed.success) return parsed.data;
  throw new PgfleetError('parse', 'max_lag: expected one duration such as "10s" or "500ms"');
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { compare } from 'bcryptjs';
import type { RequestHandler } from 'express';
import type { WebConfig } from './web-config.ts';

/** Load balancers ask these without credentials; they tell nothing but alive or not. */
const OPEN_PATHS = new Set(['/-/healthy', '/-/ready']);

/** bcrypt of a random text: an unknown user costs the same time as a wrong password. */
const NOBODY = '$2b$10$C6UzMDM.H6dfI/f/IKcEeOAvAMZsWXJdCkgFJg9oZ6PDW1cnG9rhy';

/**
 * Demands basic or bearer credentials when the web config names any; `internalToken` (of pgfleet's own
 * Prometheus and Alertmanager) is always accepted. Passes everything when nothing is configured.
 */
export function requireAuth(webConfig: () => WebConfig, internalToken: string | undefined): RequestHandler {
  // bcrypt is slow on purpose; Prometheus asks every few seconds with the same credentials.
  const verified = new Map<string, string>();
  return async (request, response, next) => {
    const { users, tokens } = webConfig();
    if ((users.size === 0 && tokens.length === 0) || OPEN_PATHS.has(request.path)) return next();
    const [scheme = '', credentials = ''] = (request.get('authorization') ?? '').split(' ', 2);
    const accepted = tokens.map((token) => token.reveal()).concat(internalToken ?? []);
    if (scheme.toLowerCase() === 'bearer' && accepted.some((token) => sameText(token, credentials)))
      return next();
    if (scheme.toLowerCase() === 'basic' && (await basicMatches(credentials, users, verified))) return next();
    response
      .status(401)
      .set('WWW-Authenticate', users.size > 0 ? 'Basic realm="pgfleet"' : 'Bearer realm="pgfleet"')
      .type('text/plain')
      .send('Unauthorized\n');
  };
}

async function basicMatches(
  credentials: string,
  users: ReadonlyMap<string, string>,
  verified: Map<string, string>,
): Promise<boolean> {
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) return false;
  const hash = users.get(decoded.slice(0, colon));
  const digest = createHash('sha256').update(credentials).digest('hex');
  if (hash !== undefined && verified.get(digest) === hash) return true;
  const matches = await compare(decoded.slice(colon + 1), hash ?? NOBODY);
  if (!matches || hash === undefined) return false;
  if (verified.size > 1000) verified.clear();
  verified.set(digest, hash);
  return true;
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

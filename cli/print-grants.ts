import { checkTarget, type TargetCheck } from '../exporters/postgres/check-target.ts';
import { postgresTarget } from '../exporters/postgres/config.ts';
import { collectorsByTarget, loadPostgresCollectors } from '../exporters/postgres/exporter.ts';
import { displayVersion } from '../exporters/postgres/facts.ts';
import { closest } from '../lib/closest.ts';
import { errorMessage, PgfleetError } from '../lib/errors.ts';
import { redactText } from '../lib/log.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';

/** Prints the missing grants as SQL, with comments that say for what; ends unwell when any is missing. */
export async function printGrants(request: { server: string; config: string }): Promise<number> {
  const config = await loadConfig({ file: request.config, env: process.env });
  const server = config.servers.find(({ name }) => name === request.server);
  if (server === undefined) {
    const suggestion = closest(
      request.server,
      config.servers.map(({ name }) => name),
    );
    const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
    throw new PgfleetError('not_found', `no server is named "${request.server}" in ${request.config}${hint}`);
  }
  const target = postgresTarget(server, config.postgres);
  const collectorsOf = collectorsByTarget(await loadPostgresCollectors());
  const check = await checkTarget(target, collectorsOf(target));
  if (check.failure !== undefined && check.sql.length === 0) throw check.failure;
  const about =
    check.facts === undefined
      ? redactText(errorMessage(check.failure))
      : `PostgreSQL ${displayVersion(check.facts.version)}, role ${check.facts.user}`;
  const lines = [
    `-- ${request.server}: ${about}`,
    ...check.lacking.map(({ collector, detail }) => `-- ${collector.name} does not run: ${detail}`),
    ...(check.sql.length === 0 ? [nothingToGrant(check)] : check.sql),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return check.sql.length === 0 ? EXIT.ok : EXIT.unwell;
}

/** Before 10 there are rights that only superusers have. */
function nothingToGrant({ lacking }: TargetCheck): string {
  return lacking.some(({ reason }) => reason === 'permission')
    ? '-- No grant gives this before PostgreSQL 10: only a superuser may.'
    : '-- Nothing is missing.';
}

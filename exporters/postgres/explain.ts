import type { CollectorDeclaration } from '../../lib/collector.ts';
import type { ExplainedCollector, Explanation } from '../../lib/exporter.ts';
import { displayVersion } from './facts.ts';
import { collector as patroniCollector } from './patroni/patroni.ts';
import { patroniUrl } from './patroni/patroni-source.ts';
import { sqlOf } from './planner.ts';
import type { PostgresCollector } from './postgres-collector.ts';
import type { ServerProbe } from './server-probe.ts';

const FIRST_PROBE_MS = 10_000;

/** What runs on a server and why; asks the server once when it was not probed before. */
export async function explainServer(probe: ServerProbe): Promise<Explanation> {
  if (probe.record === undefined) {
    await probe.probe({ budgetMs: FIRST_PROBE_MS, signal: new AbortController().signal });
  }
  const { plan } = probe;
  const chosen = (plan?.chosen ?? []).map(({ collector, sql }) =>
    explained(probe, collector, { reads: sql }),
  );
  const skipped = (plan?.skipped ?? []).map(({ collector, reason, detail }) =>
    explained(probe, collector, { reads: newestSql(probe, collector), reason, detail }),
  );
  return {
    target: probe.target.name,
    kind: 'postgres',
    facts: printFacts(probe),
    error: probe.record?.error,
    collectors: [...chosen, ...skipped, ...explainPatroni(probe)].sort((a, b) =>
      a.name.localeCompare(b.name),
    ),
  };
}

function explainPatroni(probe: ServerProbe): readonly ExplainedCollector[] {
  const { patroni } = probe.target;
  return patroni === undefined
    ? []
    : [explained(probe, patroniCollector, { reads: `GET ${patroniUrl(patroni)}` })];
}

function explained(
  probe: ServerProbe,
  collector: CollectorDeclaration,
  verdict: Pick<ExplainedCollector, 'reads'> & Partial<Pick<ExplainedCollector, 'reason' | 'detail'>>,
): ExplainedCollector {
  const last = probe.cache.get(collector.name);
  return {
    name: collector.name,
    help: collector.help,
    chosen: verdict.reason === undefined,
    reason: verdict.reason,
    detail: verdict.detail,
    reads: verdict.reads,
    ttlSeconds: collector.ttlSeconds ?? 0,
    timeoutSeconds: collector.timeoutSeconds,
    lastDurationSeconds: last?.durationSeconds,
    lastSamples: last?.samples.length,
    lastError: last?.error,
  };
}

/** For a discarded collector: what it would run on a server that has everything. */
function newestSql(probe: ServerProbe, collector: PostgresCollector): string {
  const newest = collector.queries.reduce((best, variant) =>
    (variant.minVersion ?? 0) > (best.minVersion ?? 0) ? variant : best,
  );
  if (probe.facts === undefined) return '';
  const extension = collector.needs?.extension ?? '';
  const extensions = new Map([[extension, { version: '', schema: 'schema_of_extension' }]]);
  return sqlOf(newest, { ...probe.facts, extensions }, probe.target.limits);
}

function printFacts(probe: ServerProbe): Record<string, string> {
  const { facts } = probe;
  if (facts === undefined) return {};
  return {
    kind: facts.kind,
    version: displayVersion(facts.version),
    role: facts.role,
    ...(facts.service === undefined ? {} : { service: facts.service }),
    user: facts.superuser ? `${facts.user} (superuser)` : facts.user,
    database: facts.database,
    extensions: [...facts.extensions].map(([name, { version }]) => `${name} ${version}`).join(', '),
    privileges: [...facts.privileges].join(', '),
  };
}

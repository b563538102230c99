import type { Instance } from './estate.ts';
import { initdbTime } from './formats/pg-control.ts';

/** What the system identifiers of all instances together say about one of them. */
export interface IdentityFinding {
  /**
   * - clone: another running server with the same identity takes writes too
   * - copy: another data directory on the same machine has the same identity
   * - stopped: a data directory without a running server
   */
  readonly kind: 'clone' | 'copy' | 'stopped';
  /** Names of the other instances. */
  readonly others: readonly string[];
}

type Judged = Pick<
  Instance,
  'systemIdentifier' | 'machine' | 'dataDirectory' | 'state' | 'role' | 'clusterState' | 'kind'
> & { readonly label: string };

/** Findings of every instance, in the order given. */
export function identityFindings(instances: readonly Judged[]): IdentityFinding[][] {
  const family = new Map<string, Judged[]>();
  for (const instance of instances) {
    const { systemIdentifier: identifier } = instance;
    if (identifier === undefined) continue;
    const members = family.get(identifier);
    if (members === undefined) family.set(identifier, [instance]);
    else members.push(instance);
  }
  return instances.map((instance) => findingsOf(instance, family.get(instance.systemIdentifier ?? '') ?? []));
}

function findingsOf(instance: Judged, family: readonly Judged[]): IdentityFinding[] {
  const others = family.filter((other) => other !== instance);
  const findings: IdentityFinding[] = [];
  const clones = isWritable(instance) ? others.filter(isWritable) : [];
  if (clones.length > 0) findings.push({ kind: 'clone', others: clones.map(({ label }) => label) });
  const copies = others.filter(
    (other) =>
      other.machine !== undefined &&
      other.machine === instance.machine &&
      other.dataDirectory !== undefined &&
      (instance.state === 'stopped' || other.state === 'stopped'),
  );
  if (copies.length > 0) findings.push({ kind: 'copy', others: copies.map(({ label }) => label) });
  if (instance.state === 'stopped' && instance.kind === 'postgresql')
    findings.push({ kind: 'stopped', others: [] });
  return findings;
}

/** Whether it takes writes, as far as is known: its own word, or what pg_control says of a running server. */
function isWritable({ state, role, clusterState }: Judged): boolean {
  if (state !== 'running') return false;
  return role === undefined ? clusterState === 'in production' : role === 'primary';
}

/** Day of the initdb behind an identity, as evidence of age; clones and standbys share it. */
export function bornOn(systemIdentifier: string | undefined): string | undefined {
  const seconds = systemIdentifier === undefined ? undefined : initdbTime(systemIdentifier);
  return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().slice(0, 10);
}

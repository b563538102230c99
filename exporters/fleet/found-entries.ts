import type { Instance } from './estate.ts';
import type { NewEntry } from './registry-file.ts';

/**
 * Entries for the instances that nobody declared and that have an address, for people to review. They are
 * `planned`, so that nothing is scraped with wrong credentials or alerted before somebody has looked.
 */
export function entriesForFound(
  instances: readonly Instance[],
  taken: ReadonlySet<string>,
  day: string,
): NewEntry[] {
  const names = new Set(taken);
  return instances.flatMap((instance) => {
    const address = reachableAddress(instance);
    if (instance.status !== 'unregistered' || instance.kind === 'pgbouncer' || address === undefined)
      return [];
    const name = uniqueName(`found-${address.replace(/[^a-zA-Z0-9.-]+/g, '-').replace(/^-|-$/g, '')}`, names);
    names.add(name);
    const { techniques, machine, dataDirectory, findings } = instance;
    const facts = [
      `Found on ${day} by ${techniques.join(', ')}. Complete it and set lifecycle.`,
      ...(dataDirectory === undefined
        ? []
        : [`Data directory ${dataDirectory} on ${machine ?? 'an unknown machine'}.`]),
      ...findings.flatMap(({ kind, others }) =>
        others.length === 0 ? [] : [`${kind}: has the identity of ${others.join(', ')}.`],
      ),
    ];
    return [{ comment: facts.join('\n'), fields: { name, address, lifecycle: 'planned' } }];
  });
}

/** The address of an instance that others can use: not the wildcard it listens on, if there is another. */
function reachableAddress({ addresses }: Instance): string | undefined {
  const usable = addresses.filter((address) => /:\d+$/.test(address));
  const specific = usable.find((address) => !/^(?:0\.0\.0\.0|\[::\]|\*):/.test(address));
  return specific ?? usable[0]?.replace(/^(?:0\.0\.0\.0|\[::\]|\*):/, '127.0.0.1:');
}

function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

import { isIP } from 'node:net';
import type { Place } from './technique.ts';

/** What is needed to tell whether two places are one. */
export interface PlaceContext {
  /** Name of the machine pgfleet runs on: loopback leads there unless a machine is named. */
  readonly localMachine: string;
  /** Addresses of the machines whose files were read. */
  readonly machineAddresses: ReadonlyMap<string, readonly string[]>;
  /** Addresses of the host names in use. */
  readonly resolved: ReadonlyMap<string, readonly string[]>;
}

/**
 * Keys that are equal when two places lead to the same socket: by machine and port where the machine is known,
 * by address and port, by name and port. Loopback and "every address" are those of `machine`.
 */
export function placeKeys(
  { host, port }: Place,
  machine: string | undefined,
  context: PlaceContext,
): string[] {
  if (port === undefined) return [];
  const machines = machinesOf(host, machine, context).map((name) => `port ${name} ${port}`);
  if (isLoopback(host) || isEveryAddress(host)) return machines;
  const addresses = addressesOf(host, context).filter((address) => !isLoopback(address));
  return [host.toLowerCase(), ...addresses].map((name) => `address ${name} ${port}`).concat(machines);
}

/** Keys by address and port alone; loopback is that of the machine, "every address" has none. */
export function addressKeys({ host, port }: Place, machine: string, context: PlaceContext): string[] {
  if (port === undefined || isEveryAddress(host)) return [];
  return [host.toLowerCase(), ...addressesOf(host, context)].map((address) =>
    isLoopback(address) ? `at ${machine} ${address} ${port}` : `at ${address} ${port}`,
  );
}

/** The machines that a host of a place may stand for. */
export function machinesOf(host: string, machine: string | undefined, context: PlaceContext): string[] {
  if (isEveryAddress(host)) return machine === undefined ? [] : [machine];
  const near = machine ?? context.localMachine;
  return addressesOf(host, context).flatMap((address) => {
    if (isLoopback(address)) return [near];
    const owner = [...context.machineAddresses].find(([, addresses]) => addresses.includes(address));
    return owner === undefined ? [] : [owner[0]];
  });
}

function addressesOf(host: string, { resolved }: PlaceContext): readonly string[] {
  return isIP(host) === 0 && host !== 'localhost' ? (resolved.get(host) ?? []) : [host];
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Whether a listening address stands for every address of its machine. */
export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '*';
}

/** "db1:5432", "[::1]:5432", or the host alone where no port is known. */
export function placeText({ host, port }: Place): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

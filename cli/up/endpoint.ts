import { type Address, formatAddress } from '../../lib/config.ts';

/** Where something of ours answers, as the others on this machine reach it. */
export interface Endpoint {
  readonly scheme: 'http' | 'https';
  readonly address: Address;
}

export function endpointUrl({ scheme, address }: Endpoint): string {
  return `${scheme}://${formatAddress(address)}`;
}

/** An address to connect to for an address that is listened on: "all interfaces" is no destination. */
export function reachable(address: Address): Address {
  if (address.host === '0.0.0.0') return { ...address, host: '127.0.0.1' };
  if (address.host === '::') return { ...address, host: '::1' };
  return address;
}

/** How Prometheus and Alertmanager present themselves to pgfleet, in the keys both use for HTTP clients. */
export interface PgfleetClient {
  readonly endpoint: Endpoint;
  /** File with the bearer token; undefined when pgfleet asks for no authentication. */
  readonly tokenFile: string | undefined;
}

export function httpClientConfig({ endpoint, tokenFile }: PgfleetClient): Record<string, unknown> {
  return {
    ...(tokenFile === undefined ? {} : { authorization: { credentials_file: tokenFile } }),
    // The certificate names the host that people use, and this connection does not leave the machine.
    ...(endpoint.scheme === 'http' ? {} : { tls_config: { insecure_skip_verify: true } }),
  };
}

import { installedMajors } from './postgres-package.ts';

/** A PostgreSQL server of the demo fleet. */
export interface DemoServer {
  readonly name: string;
  readonly major: number;
  /** Application databases; a standby has those of its primary. */
  readonly databases: readonly string[];
  /** Name of its primary, for a standby. */
  readonly standbyOf?: string;
  /** What people have written about it in the registry. */
  readonly registry: Readonly<Record<string, string>>;
}

/** A small company's estate: an end-of-life server, one that goes that way, a pair, a new one. */
const SERVERS: readonly DemoServer[] = [
  {
    name: 'crm-db',
    major: 10,
    databases: ['crm'],
    registry: { cluster: 'crm', app: 'crm', env: 'prod', owner: 'sales-it', lifecycle: 'deprecated' },
  },
  {
    name: 'billing-db',
    major: 13,
    databases: ['billing', 'billing_archive'],
    registry: { cluster: 'billing', app: 'billing', env: 'prod', owner: 'finance-it' },
  },
  {
    name: 'shop-db',
    major: 15,
    databases: ['shop', 'shop_reporting', 'accounts'],
    registry: { cluster: 'shop', app: 'shop', env: 'prod', owner: 'web-team' },
  },
  {
    name: 'shop-db-replica',
    major: 15,
    databases: [],
    standbyOf: 'shop-db',
    registry: { cluster: 'shop', app: 'shop', env: 'prod', owner: 'web-team' },
  },
  {
    name: 'search-db',
    major: 18,
    databases: ['search'],
    registry: { cluster: 'search', app: 'search', env: 'staging', owner: 'web-team' },
  },
];

/** Those that can run here: npm has server binaries for Linux on x86-64 only. */
export function demoServers(): readonly DemoServer[] {
  const majors = installedMajors();
  return SERVERS.filter(({ major }) => majors.includes(major));
}

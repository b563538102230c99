import { installedMajors } from './postgres-package.ts';

/** A PostgreSQL server of the demo fleet. */
export interface DemoServer {
  readonly name: string;
  readonly major: number;
  /** Application databases; a standby or a clone has those of the server it was copied from. */
  readonly databases: readonly string[];
  /** Name of its primary, for a standby. */
  readonly standbyOf?: string;
  /** Name of the server whose copied data directory it was started on. */
  readonly cloneOf?: string;
  /** What people have written about it in the registry; undefined where nobody did. */
  readonly registry?: Readonly<Record<string, string>>;
}

/** A small company's estate: two end-of-life servers, a pair, a new one, and two that nobody wrote down. */
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
  { name: 'wiki-db', major: 12, databases: ['wiki'] },
  { name: 'billing-db-copy', major: 13, databases: [], cloneOf: 'billing-db' },
];

/** An entry that outlived its server: declared, and nothing is there. */
export const DEMO_GHOST = {
  name: 'intranet-db',
  registry: {
    cluster: 'intranet',
    app: 'intranet',
    env: 'prod',
    owner: 'office-it',
    // Still to be found, but a server on its way out wakes nobody: warnings instead of a critical alert.
    lifecycle: 'deprecated',
  },
} as const;

/** Those that can run here: npm has server binaries for Linux on x86-64 only. */
export function demoServers(): readonly DemoServer[] {
  const majors = installedMajors();
  return SERVERS.filter(({ major }) => majors.includes(major));
}

/**
 * PostgreSQL as a service: the provider keeps parts of it to itself. A missing privilege is seen by itself;
 * here is what is refused in spite of it, or is not the customer's business. Listing a collector under
 * collectors.enable runs it all the same.
 */

export const CLOUD_SERVICES = ['aurora', 'rds', 'azure', 'cloudsql'] as const;
export type CloudService = (typeof CLOUD_SERVICES)[number];

/**
 * SQL for the service a server is part of; null for one of one's own. By settings that only the service
 * has, and for Cloud SQL, which has none that everybody sees, by its administrator's role.
 */
export const CLOUD_SERVICE_SQL = `case
  when to_regproc('pg_catalog.aurora_version') is not null or to_regproc('aurora_version') is not null then 'aurora'
  when current_setting('rds.extensions', true) is not null then 'rds'
  when current_setting('azure.extensions', true) is not null then 'azure'
  when exists (select from pg_roles where rolname = 'cloudsqlsuperuser') then 'cloudsql'
end`;

const PRODUCT = {
  aurora: 'Amazon Aurora',
  rds: 'Amazon RDS',
  azure: 'Azure Database',
  cloudsql: 'Google Cloud SQL',
} as const satisfies Record<CloudService, string>;

const OF_THE_PROVIDER = {
  hba: 'keeps pg_hba.conf to itself: access is decided by its own network rules',
  config_files: 'has no configuration files to look at: settings come from its own console',
  archive_backlog: 'archives WAL by itself and does not show the files',
} as const;

/** https://github.com/prometheus-community/postgres_exporter/pull/1308 and its like: "not supported for Aurora". */
const NO_WAL_FUNCTION =
  'has shared storage instead of streamed WAL: the functions behind it are not supported';

const LEFT_OUT: Readonly<Record<CloudService, Readonly<Record<string, string>>>> = {
  aurora: {
    ...OF_THE_PROVIDER,
    replication: NO_WAL_FUNCTION,
    stat_wal_receiver: NO_WAL_FUNCTION,
    wal: NO_WAL_FUNCTION,
    wal_activity: NO_WAL_FUNCTION,
    recovery_prefetch: NO_WAL_FUNCTION,
  },
  rds: OF_THE_PROVIDER,
  azure: OF_THE_PROVIDER,
  cloudsql: OF_THE_PROVIDER,
};

/** Why a collector is left out on a service; undefined when it is not. */
export function leftOutOn(service: CloudService, collector: string): string | undefined {
  const why = LEFT_OUT[service][collector];
  return why === undefined ? undefined : `${PRODUCT[service]} ${why}`;
}

/** Every collector that some service leaves out, for the test that they exist. */
export const LEFT_OUT_COLLECTORS: ReadonlySet<string> = new Set(Object.values(LEFT_OUT).flatMap(Object.keys));

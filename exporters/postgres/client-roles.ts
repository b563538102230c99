/**
 * Programs that look after a server rather than use it: backups, failover managers. Their sessions are no work,
 * and that they log in as superuser is no fault of an application. A regular expression of PostgreSQL.
 */
export const CARETAKERS =
  '^(pg_dump|pg_basebackup|pg_receivewal|pgBackRest|barman|wal-g|pg_probackup|Patroni|repmgr|pg_auto)';

/** True of the sessions of pgfleet, this one and others that watch the same server. */
export const OURSELVES = `a.application_name = current_setting('application_name')`;

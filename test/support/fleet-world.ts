/**
 * A small fleet as one exposition, for tests that need series behind rules and dashboards: two servers and two
 * hosts that are fine, one server that refuses, one that nobody observes, one host that is dead, a volume that is full and one that fills by a byte a millisecond.
 */
export function fleetWorld(now: number): string {
  return [...registry(), ...servers(now), ...hosts(now), ...backups(now), ...self(now)]
    .join('\n')
    .concat('\n');
}

/** What must not move from scrape to scrape. */
const START = Date.now();

const SERVERS = [
  { server: 'shop', instance: 'db1:5432', host: 'web1', cluster: 'shop', lifecycle: 'in_service' },
  { server: 'shop-standby', instance: 'db2:5432', host: 'web2', cluster: 'shop', lifecycle: 'in_service' },
  { server: 'crm', instance: 'db3:5432', host: 'web2', cluster: 'crm', lifecycle: 'in_service' },
  { server: 'lost', instance: 'db4:5432', host: 'web3', cluster: 'lost', lifecycle: 'in_service' },
  { server: 'old', instance: 'db5:5432', host: 'web3', cluster: 'old', lifecycle: 'retired' },
];
const HOSTS = ['web1', 'web2', 'web3'];
const COMMON = { env: 'prod', owner: 'team-a', site: 'hq' };

function registry(): string[] {
  return [
    ...SERVERS.map((server) =>
      series('pgfleet_registry_server_info', { ...server, ...COMMON, app: 'shop' }, 1),
    ),
    ...HOSTS.map((host) =>
      series(
        'pgfleet_registry_host_info',
        { host, instance: host, ...COMMON, lifecycle: 'in_service', transport: 'ssh' },
        1,
      ),
    ),
  ];
}

function servers(now: number): string[] {
  return SERVERS.filter(({ server }) => server !== 'lost').flatMap(({ instance, host, cluster }, index) => {
    const target = { job: 'postgres', instance, host, cluster, ...COMMON };
    if (instance === 'db3:5432') return [series('pg_up', target, 0)];
    const major = 18 - index;
    return [
      series('pg_up', target, 1),
      series(
        'pg_static',
        { ...target, server: instance, short_version: `${major}.3.0`, version: `PostgreSQL ${major}.3` },
        1,
      ),
      series('pg_replication_is_replica', target, index === 1 ? 1 : 0),
      series(
        'pgfleet_postgres_server_info',
        {
          ...target,
          system_identifier: `771087695346099055${index}`,
          major: `${major}`,
          version: `${major}.3`,
        },
        1,
      ),
      series('pg_postmaster_start_time_seconds', target, START / 1000 - 86_400),
      series('pg_settings_max_connections', target, 100),
      series('pg_settings_superuser_reserved_connections', target, 3),
      ...database(target, now),
      ...work(target, now),
      series('pgfleet_collector_success', { ...target, collector: 'server' }, 1),
      series('pgfleet_collector_success', { ...target, collector: 'locks' }, index === 0 ? 0 : 1),
    ];
  });
}

type Target = Readonly<Record<string, string>>;

/** Counters grow by one a millisecond, so that every rate has a value. */
function database(target: Target, now: number): string[] {
  const labels = { ...target, datid: '1', datname: 'shop' };
  const counters = [
    'xact_commit',
    'xact_rollback',
    'tup_inserted',
    'tup_updated',
    'tup_deleted',
    'blks_hit',
    'blks_read',
    'temp_bytes',
    'conflicts',
  ];
  return [
    series('pg_stat_database_numbackends', labels, 17),
    // A healthy fleet had some once and has none now: growing ones are an alert of their own.
    series('pg_stat_database_deadlocks', labels, 3),
    ...counters.map((name) => series(`pg_stat_database_${name}`, labels, now)),
    series('pgfleet_postgres_connections', { ...target, datname: 'shop', state: 'active' }, 17),
    series('pgfleet_postgres_database_xid_freeze_ratio', { ...target, datname: 'shop' }, 0.2),
  ];
}

function work(target: Target, now: number): string[] {
  const datname = { ...target, datname: 'shop' };
  const io = { ...target, backend_type: 'client backend', object: 'relation', context: 'normal' };
  return [
    series('pgfleet_postgres_timeline', target, 1),
    series('pgfleet_postgres_sessions_waiting', { ...target, wait_event_type: 'Lock' }, 1),
    series('pgfleet_postgres_oldest_transaction_seconds', datname, 12),
    series('pgfleet_postgres_oldest_active_query_seconds', datname, 12),
    series('pgfleet_postgres_oldest_idle_in_transaction_seconds', datname, 12),
    series('pgfleet_postgres_blocked_sessions', datname, 1),
    series('pgfleet_postgres_blocked_longest_seconds', datname, 3),
    series('pgfleet_postgres_xmin_age', { ...target, holder: 'session' }, 100),
    series('pgfleet_postgres_progress_ratio', { ...datname, command: 'VACUUM', phase: 'scanning heap' }, 0.5),
    series('pgfleet_postgres_wal_position_bytes_total', target, now),
    series('pgfleet_postgres_checkpoints_total', { ...target, reason: 'timed' }, now),
    series('pgfleet_postgres_checkpoint_write_seconds_total', target, now / 1000),
    series('pgfleet_postgres_checkpoint_sync_seconds_total', target, now / 1000),
    series('pgfleet_postgres_io_reads_total', io, now),
    series('pgfleet_postgres_io_read_seconds_total', io, now / 1e6),
    series('pgfleet_postgres_io_write_bytes_total', io, now),
  ];
}

function hosts(now: number): string[] {
  return HOSTS.filter((host) => host !== 'web3').flatMap((host) => {
    const target = { job: 'node', instance: host, host, ...COMMON };
    const volume = (mountpoint: string, size: number, free: number, readonly: number) => {
      const labels = { ...target, device: `/dev/mapper${mountpoint}`, fstype: 'xfs', mountpoint };
      return [
        series('node_filesystem_size_bytes', labels, size),
        series('node_filesystem_avail_bytes', labels, free),
        series('node_filesystem_free_bytes', labels, free),
        series('node_filesystem_files', labels, 1e6),
        series('node_filesystem_files_free', labels, 9e5),
        series('node_filesystem_readonly', labels, readonly),
      ];
    };
    return [
      series('pgfleet_host_up', target, 1),
      ...machine(target, now),
      ...volume('/', 1e11, 6e10, 0),
      ...volume('/data', 1e11, host === 'web2' ? 1e9 : 5e10 - (now % 1e8), 0),
      ...volume('/archive', 1e11, 1e9, 1),
    ];
  });
}

function machine(target: Target, now: number): string[] {
  const disk = { ...target, device: 'sda' };
  const counters = [
    'node_disk_reads_completed_total',
    'node_disk_read_time_seconds_total',
    'node_disk_read_bytes_total',
    'node_disk_writes_completed_total',
    'node_disk_write_time_seconds_total',
    'node_disk_written_bytes_total',
    'node_disk_io_time_seconds_total',
  ];
  const nic = { ...target, device: 'eth0' };
  const packets = ['receive_bytes', 'transmit_bytes', 'receive_errs', 'transmit_errs', 'receive_drop'];
  return [
    series('node_boot_time_seconds', target, Math.floor(START / 1000) - 86_400),
    series(
      'node_os_info',
      { ...target, id: 'debian', pretty_name: 'Debian GNU/Linux 12', version_id: '12' },
      1,
    ),
    series('node_uname_info', { ...target, release: '6.1.0-9-amd64', sysname: 'Linux' }, 1),
    series('pgfleet_host_virtual_info', { ...target, kind: 'none' }, 1),
    series('pgfleet_host_sections', { ...target, status: 'ok' }, 30),
    series('pgfleet_host_coverage_ratio', target, 1),
    series('pgfleet_disk_design_life_used_ratio', disk, 1.4),
    series('pgfleet_host_clock_offset_seconds', target, 0.01),
    series('pgfleet_host_clock_offset_error_seconds', target, 0.02),
    series(
      'node_cpu_vulnerabilities_info',
      { ...target, codename: 'mds', state: 'mitigation', mitigation: 'x' },
      1,
    ),
    series('node_cpu_seconds_total', { ...target, cpu: '0', mode: 'user' }, now / 4000),
    series('node_cpu_seconds_total', { ...target, cpu: '0', mode: 'idle' }, now / 2000),
    series('node_load1', target, 0.5),
    series('node_load15', target, 0.5),
    series('node_memory_MemTotal_bytes', target, 3.2e10),
    series('node_memory_MemAvailable_bytes', target, 2e10),
    series('node_memory_Cached_bytes', target, 1e10),
    series('node_memory_Dirty_bytes', target, 1e6),
    series('node_vmstat_pswpin', target, 100),
    series('node_vmstat_pswpout', target, 100),
    ...counters.map((name) => series(name, disk, now / 1000)),
    ...packets.map((name) => series(`node_network_${name}_total`, nic, name.endsWith('bytes') ? now : 5)),
  ];
}

/** What pgBackRest on web1 tells of the cluster `shop`. */
function backups(now: number): string[] {
  const target = { job: 'node', instance: 'web1', host: 'web1', ...COMMON };
  const stanza = { ...target, cluster: 'shop', tool: 'pgbackrest', stanza: 'shop', repo: '1' };
  const full = { ...stanza, type: 'full' };
  return [
    series('pgfleet_backup_last_success_timestamp_seconds', full, Math.floor(now / 1000) - 3600),
    series('pgfleet_backup_last_duration_seconds', full, 600),
    series('pgfleet_backup_last_size_bytes', full, 4e10),
    series('pgfleet_backup_last_stored_bytes', full, 1e10),
    series('pgfleet_backup_backups', full, 7),
    series('pgfleet_backup_repository_ok', stanza, 1),
    series('pgfleet_backup_wal_archived_position_bytes', stanza, now),
  ];
}

function self(now: number): string[] {
  const target = { job: 'pgfleet', instance: '127.0.0.1:9432' };
  return [
    series('pgfleet_build_info', { ...target, version: '0.1.0' }, 1),
    series('pgfleet_config_last_reload_successful', target, 1),
    series('pgfleet_config_last_reload_success_timestamp_seconds', target, now / 1000),
    series('pgfleet_catalog_age_seconds', { ...target, catalog: 'postgresql' }, 8e6),
    series('pgfleet_probe_oldest_age_seconds', { ...target, kind: 'postgres' }, 12),
    series('pgfleet_notifier_outbox_oldest_pending_seconds', target, 2000),
    series('pgfleet_notifier_channel_broken', { ...target, channel: 'ops-mail' }, 1),
  ];
}

function series(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const text = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return `${name}{${text.join(',')}} ${value}`;
}

/**
 * A small fleet as one exposition, for tests that need series behind rules and dashboards: two servers and two
 * hosts that are fine, one server that refuses, one that nobody observes, one host that is dead, a volume that is full and one that fills by a byte a millisecond.
 */
export function fleetWorld(now: number): string {
  return [...registry(), ...servers(now), ...hosts(now), ...self(now)].join('\n').concat('\n');
}

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
      series('pg_postmaster_start_time_seconds', target, now / 1000 - 86_400),
      series('pg_settings_max_connections', target, 100),
      series('pg_stat_database_numbackends', { ...target, datid: '1', datname: 'shop' }, 17),
      series('pgfleet_collector_success', { ...target, collector: 'server' }, 1),
      series('pgfleet_collector_success', { ...target, collector: 'locks' }, index === 0 ? 0 : 1),
    ];
  });
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
      series('node_boot_time_seconds', target, now / 1000 - 86_400),
      ...volume('/', 1e11, 6e10, 0),
      ...volume('/data', 1e11, host === 'web2' ? 1e9 : 5e10 - (now % 1e8), 0),
      ...volume('/archive', 1e11, 1e9, 1),
    ];
  });
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

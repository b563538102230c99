/**
 * Source: /proc/PID/{status,cmdline,cwd} of postmasters; PG_VERSION and postmaster.pid in the usual places of data
 * Shape:  "1234	101	/var/lib/pgsql/13/data	/usr/pgsql-13/bin/postmaster	-D	/var/lib/pgsql/13/data/"
 * Units:  1 for running, 0 for data without a server
 * Needs:  nothing for running servers; root, or the owner, for data directories   Cost: one small file per process
 * Absent when: nothing runs and no data is found where packages and administrators put them
 */
import { gauge } from '../../../lib/metric.ts';
import { foundServers } from '../formats/postgres-servers.ts';
import { contentOf, type HostCollector, treeOf } from '../host-collector.ts';

const running = gauge(
  'pgfleet_host_postgres_server_running',
  'PostgreSQL found on the host: 1 for a server that runs, 0 for a data directory without one.',
  ['data_directory', 'version', 'port'],
);
const count = gauge(
  'pgfleet_host_postgres_servers',
  'PostgreSQL servers and data directories found, by state.',
  ['state'],
);

/** As many as one host may have as series; the count knows all. */
const MOST = 100;

export const collector = {
  name: 'postgres_servers',
  help: 'Which PostgreSQL servers run on the host, and which data directories lie there without one.',
  metrics: [running, count],
  sections: ['postgres-processes', 'postgres-directories'],
  tier: 'postgres',
  *samples({ section }) {
    const processes = contentOf(section('postgres-processes'));
    if (processes === undefined) return;
    const servers = foundServers(processes, treeOf(contentOf(section('postgres-directories')) ?? ''));
    for (const { dataDirectory, version = '', port, running: isRunning } of servers.slice(0, MOST)) {
      const labels = { data_directory: dataDirectory, version, port: port === undefined ? '' : String(port) };
      yield running(labels, Number(isRunning));
    }
    const active = servers.filter((server) => server.running).length;
    yield count({ state: 'running' }, active);
    yield count({ state: 'stopped' }, servers.length - active);
  },
} satisfies HostCollector;

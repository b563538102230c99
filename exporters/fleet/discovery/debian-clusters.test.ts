import { expect, it } from 'vitest';
import { fakeMachine, lookAround, pgControl } from '../../../test/support/fake-machine.ts';
import { technique } from './debian-clusters.ts';

it('reads clusters from their configuration, with port and start mode', async () => {
  const { sightings } = await lookAround(
    technique,
    fakeMachine({
      '/etc/postgresql/15/main/postgresql.conf':
        "data_directory = '/var/lib/postgresql/15/main'  # x\nport = 5433\n",
      '/etc/postgresql/15/main/start.conf': '# comment\nmanual\n',
      '/var/lib/postgresql/15/main/PG_VERSION': '15\n',
      '/var/lib/postgresql/15/main/global/pg_control': pgControl({ state: 1 }),
      '/etc/postgresql/9.6/gone/postgresql.conf': "data_directory = '/var/lib/postgresql/9.6/gone'\n",
      '/etc/postgresql/13/broken/postgresql.conf': 'port = 5434\n',
    }),
  );

  expect(sightings).toMatchObject([
    {
      state: 'stopped',
      dataDirectory: '/var/lib/postgresql/15/main',
      majors: { from: 15, to: 15 },
      configuredPort: 5433,
      details: { cluster: '15/main', start: 'manual' },
    },
  ]);
});

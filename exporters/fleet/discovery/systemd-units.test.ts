import { expect, it } from 'vitest';
import { fakeMachine, lookAround, pgControl } from '../../../test/support/fake-machine.ts';
import { technique } from './systemd-units.ts';

const UNIT = `[Service]
User=postgres
Environment=PGDATA=/var/lib/pgsql/15/data/
ExecStart=/usr/pgsql-15/bin/postgres -D \${PGDATA}
`;

function directory(path: string) {
  return { [`${path}/PG_VERSION`]: '15\n', [`${path}/global/pg_control`]: pgControl() };
}

it('follows a unit to its data directory', async () => {
  const { sightings } = await lookAround(
    technique,
    fakeMachine({
      '/usr/lib/systemd/system/postgresql-15.service': UNIT,
      '/etc/systemd/system/multi-user.target.wants/postgresql-15.service':
        '-> /usr/lib/systemd/system/postgresql-15.service',
      ...directory('/var/lib/pgsql/15/data'),
    }),
  );

  expect(sightings).toMatchObject([
    {
      state: 'stopped',
      dataDirectory: '/var/lib/pgsql/15/data',
      details: { unit: 'postgresql-15.service', unit_state: 'enabled', user: 'postgres' },
    },
  ]);
});

it('lets drop-ins and the file in /etc win', async () => {
  const { sightings } = await lookAround(
    technique,
    fakeMachine({
      '/usr/lib/systemd/system/postgresql-15.service': UNIT.replace('/var/lib', '/wrong'),
      '/etc/systemd/system/postgresql-15.service': UNIT,
      '/etc/systemd/system/postgresql-15.service.d/data.conf':
        '[Service]\nEnvironment="PGDATA=/data/fifteen"\n',
      ...directory('/data/fifteen'),
      ...directory('/wrong/pgsql/15/data'),
      ...directory('/var/lib/pgsql/15/data'),
    }),
  );

  expect(sightings).toMatchObject([
    { dataDirectory: '/data/fifteen', details: { unit_state: 'not enabled' } },
  ]);
});

it('passes over units without a data directory of their own', async () => {
  const { sightings, gaps } = await lookAround(
    technique,
    fakeMachine({
      '/lib/systemd/system/postgresql@.service': UNIT,
      '/lib/systemd/system/postgresql.service': '[Service]\nExecStart=/bin/true\n',
      '/lib/systemd/system/postgresql-never-initialised.service': UNIT,
      '/lib/systemd/system/nginx.service': UNIT,
    }),
  );

  expect({ sightings, gaps }).toEqual({ sightings: [], gaps: [] });
});

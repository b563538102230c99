import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './foreign-servers.ts';

it('says where a database reads from', () => {
  const row = {
    datname: 'shop',
    srvname: 'erp',
    wrapper: 'postgres_fdw',
    foreign_host: 'erp-db',
    foreign_port: null,
    foreign_dbname: 'erp',
  };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain(
    'pgfleet_postgres_foreign_server_info{datname="shop",srvname="erp",wrapper="postgres_fdw",foreign_host="erp-db",foreign_dbname="erp"} 1\n',
  );
});

import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { collector } from './stat-database-conflicts.ts';

it('labels conflicts with the server, as the peer does', () => {
  const row = { datid: '5', datname: 'shop', confl_lock: 3 };

  const { text } = render(collector.samples([row], foreignFacts('', 150_000, 'db1:5432')), 'text');

  expect(text).toContain(
    'pg_stat_database_conflicts_confl_lock{datid="5",datname="shop",server="db1:5432"} 3\n',
  );
});

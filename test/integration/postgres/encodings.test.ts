import { afterAll, beforeAll, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { renderScrape } from '../../../lib/exposition.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Watch, watch } from './scrape.ts';

const server = usePostgres({
  major: Math.max(...installedMajors()),
  initdbArgs: ['--encoding=SQL_ASCII', '--locale=C'],
});
let watching: Watch;

beforeAll(async () => {
  // Bytes that are no UTF-8, as they come from a client of another time.
  await server().query(
    "create table good (id int); do $$ begin execute format('create table %I (id int)', convert_from('\\xe9e8', 'SQL_ASCII')); end $$",
  );
  watching = await watch(server());
});
afterAll(() => watching.close());

it('names that are not valid UTF-8 cost nothing but themselves', async () => {
  const scrape = await watching.probe();

  expect(scrape.failures).toEqual([]);
  const tables = scrape.all('pg_stat_user_tables_n_tup_ins').map(({ labels }) => labels['relname']);
  expect(tables).toHaveLength(2);
  expect(tables).toContain('good');
  expect(Buffer.from(renderScrape(scrape.samples, 'text')).toString('utf8')).toContain(
    'relname="\uFFFD\uFFFD"',
  );
});

import { describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { watch } from './scrape.ts';

const FAMILY = 'pg_stat_statements_query_id';

describe.each([Math.min(...installedMajors()), Math.max(...installedMajors())])(
  'texts of statements on PostgreSQL %i',
  (major) => {
    const server = usePostgres({ major, settings: { shared_preload_libraries: 'pg_stat_statements' } });

    it('are read aside, once per queryid, and never with a password', async () => {
      await server().query('create extension if not exists pg_stat_statements');
      await server().query('select 4711 as walrus');
      await server().query('select 4712 as walrus');
      await server().query("create role keeper password 'swordfish'");
      const watching = await watch(server(), { collectors: { enable: ['statement_texts'], disable: [] } });
      try {
        const scrape = await watching.probe();
        const texts = await watching.exporter.statements('target');

        expect(scrape.failures).toEqual([]);
        expect(scrape.text()).not.toContain(FAMILY);
        const walrus = texts.filter(({ labels }) => labels['query']?.includes('walrus'));
        expect(walrus.map(({ family, value }) => [family.name, value])).toEqual([[FAMILY, 1]]);
        expect(
          scrape.value('pg_stat_statements_calls_total', { queryid: walrus[0]?.labels['queryid'] ?? '' }),
        ).toBe(2);
        expect(JSON.stringify(texts)).not.toContain('swordfish');
      } finally {
        await watching.close();
      }
    });

    it('are not read unless asked for', async () => {
      const watching = await watch(server());
      try {
        await watching.probe();

        await expect(watching.exporter.statements('target')).rejects.toThrow(/list statement_texts under/);
        await expect(watching.exporter.statements('nobody')).rejects.toThrow(/no server named "nobody"/);
      } finally {
        await watching.close();
      }
    });
  },
);

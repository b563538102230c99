import { expect, it } from 'vitest';
import { Batch } from './batch.ts';
import type { PostgresConnection, Statement } from './connection.ts';

/** Answers every statement with its own name. */
function recorder() {
  const sent: Statement[] = [];
  const connection = {
    run(statements: readonly Statement[]) {
      sent.push(...statements);
      return statements.map(({ name }) => Promise.resolve({ rows: [{ name }], seconds: 0 }));
    },
  } as unknown as PostgresConnection;
  return { connection, sent };
}

it('sends short statements first and gives each its own answer', async () => {
  const { connection, sent } = recorder();
  const batch = new Batch(connection, performance.now() + 10_000);

  const answers = [
    batch.add({ name: 'slow', sql: 'select 1', expectedSeconds: 2 }),
    batch.add({ name: 'facts', sql: 'select 2' }),
    batch.add({ name: 'quick', sql: 'select 3', expectedSeconds: 0.01 }),
  ];
  expect(sent).toEqual([]);
  batch.send();

  expect(sent.map(({ name }) => name)).toEqual(['facts', 'quick', 'slow']);
  expect((await Promise.all(answers)).map(({ rows }) => rows[0]?.['name'])).toEqual([
    'slow',
    'facts',
    'quick',
  ]);
});

it('derives the time on the server from what is left, in steps, and obeys a limit of its own', () => {
  const { connection, sent } = recorder();
  const batch = new Batch(connection, performance.now() + 10_000);

  void batch.add({ name: 'usual', sql: 'select 1' });
  void batch.add({ name: 'limited', sql: 'select 2', timeoutSeconds: 2 });
  batch.send();

  expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([7750, 2000]);
});

it('gives a little time even when none is left', () => {
  const { connection, sent } = recorder();
  const batch = new Batch(connection, performance.now() - 1);

  void batch.add({ name: 'late', sql: 'select 1' });
  batch.send();

  expect(sent[0]?.timeoutMs).toBe(250);
});

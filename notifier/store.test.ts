import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from './schema.ts';
import { openStore, type Store } from './store.ts';

let folder: string;
const log = pino({ level: 'silent' });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgfleet-store-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Store => openStore({ file: join(folder, 'n', 'notifier.db'), log, now: () => 1 });

describe('openStore', () => {
  it('makes files only the owner reads, with the durability that was promised', () => {
    const store = open();

    for (const name of readdirSync(join(folder, 'n'))) {
      expect(statSync(join(folder, 'n', name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(folder, 'n')).mode & 0o777).toBe(0o700);
    expect(store.get('pragma journal_mode')).toMatchObject({ journal_mode: 'wal' });
    expect(store.get('pragma synchronous')).toMatchObject({ synchronous: 2 });
    expect(store.get('pragma user_version')).toMatchObject({ user_version: MIGRATIONS.length });
    store.close();
  });

  it('keeps what it has when opened again', () => {
    const first = open();
    first.run(`insert into audit values (1, 'a', 'b', 'c', 'd')`);
    first.close();

    const second = open();

    expect(second.all('select action from audit')).toEqual([{ action: 'b' }]);
    second.close();
  });

  it('refuses the file of a later version and leaves it alone', () => {
    const store = open();
    store.run('pragma user_version = 999');
    store.close();

    expect(open).toThrow(/written by a later pgfleet/);
    expect(readdirSync(join(folder, 'n')).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('sets a damaged file aside and starts anew', () => {
    open().close();
    writeFileSync(join(folder, 'n', 'notifier.db'), 'garbage'.repeat(1000));

    const store = open();

    expect(store.all('select * from outbox')).toEqual([]);
    expect(readdirSync(join(folder, 'n'))).toContain('notifier.db.damaged-1');
    store.close();
  });

  it('says where it could not be opened', () => {
    writeFileSync(join(folder, 'n'), 'a file where a folder should be');

    expect(open).toThrow(
      expect.objectContaining({ code: 'storage', message: expect.stringContaining(folder) }),
    );
  });
});

describe('Store', () => {
  it('undoes a transaction that fails, and joins nested ones', () => {
    const store = open();
    const insert = (action: string) =>
      store.run(`insert into audit values (1, 'a', :action, 'c', 'd')`, { action });

    expect(() =>
      store.transaction(() => {
        insert('one');
        store.transaction(() => insert('two'));
        throw new Error('no');
      }),
    ).toThrow('no');

    expect(store.all('select * from audit')).toEqual([]);
    store.close();
  });

  it('stays usable when the disk is full', () => {
    const store = open();
    const pages = store.get<{ page_count: number }>('pragma page_count')?.page_count ?? 0;
    store.get(`pragma max_page_count = ${pages + 2}`);
    const fill = () =>
      store.transaction(() => {
        for (let index = 0; index < 1000; index += 1) {
          store.run(`insert into audit values (1, 'a', :text, 'c', 'd')`, { text: 'x'.repeat(1000) });
        }
      });

    expect(fill).toThrow(expect.objectContaining({ code: 'storage' }));
    expect(store.all('select * from audit')).toEqual([]);
    store.get('pragma max_page_count = 1000000');
    fill();

    expect(store.get('select count(*) as n from audit')).toMatchObject({ n: 1000 });
    store.close();
  });

  it('refuses what the driver would die of', () => {
    const store = open();
    const bad = { flag: true } as unknown as Record<string, number>;

    expect(() => store.get('select :flag', bad)).toThrow(/cannot read/);
    store.close();
    expect(() => store.get('select 1')).toThrow(expect.objectContaining({ code: 'storage' }));
  });
});

import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { PgfleetError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { MIGRATIONS } from './schema.ts';

/** What may be bound to a parameter. The driver ends the process on a boolean, so this is checked at run time too. */
export type Bind = string | number | null | Uint8Array;
export type Binds = Readonly<Record<string, Bind>>;

/** SQL in, rows out, synchronous. Every method throws PgfleetError `storage`. */
export interface Store {
  /** Returns how many rows it changed. */
  run(sql: string, binds?: Binds): number;
  /** The row type is the caller's promise about its own SQL. */
  get<Row>(sql: string, binds?: Binds): Row | undefined;
  all<Row>(sql: string, binds?: Binds): Row[];
  /** Commits to disk before it returns; rolls back when `work` throws. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  /** Bytes free on the file system that holds the store. */
  freeBytes(): number;
  close(): void;
}

export interface StoreOptions {
  readonly file: string;
  readonly log: Logger;
  readonly now: () => number;
}

/** A lock held for longer than this makes the caller fail; the event loop waits with it, so it is short. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Opens the store, creating it with mode 0600, brings its schema up to date and proves that it can
 * write and read. A damaged file is set aside under another name, loudly, because alerts that arrive
 * now matter more than the history in it. Throws PgfleetError `storage`, or `config` for a file of a later version.
 */
export function openStore({ file, log, now }: StoreOptions): Store {
  try {
    return openChecked(file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = `${file}.damaged-${now()}`;
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    }
    log.error({ err: error, file, aside }, 'the notifier store is damaged; set aside and started anew');
    return openChecked(file);
  }
}

function openChecked(file: string): Store {
  const store = new SqliteStore(file);
  try {
    store.migrate();
    store.selfCheck();
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

class SqliteStore implements Store {
  readonly #file: string;
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(file: string) {
    this.#file = file;
    this.#db = guard(`open ${file}`, () => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // Created before SQLite does, so that it and its journal never have wider permissions.
      closeSync(openSync(file, 'a', 0o600));
      chmodSync(file, 0o600);
      return new Database(file, { timeout: BUSY_TIMEOUT_MS });
    });
  }

  migrate(): void {
    guard('prepare', () => {
      this.#db.pragma('journal_mode = WAL');
      // NORMAL could lose the last commits in a power cut; Alertmanager has been told 200 by then.
      this.#db.pragma('synchronous = FULL');
      this.#db.pragma('foreign_keys = ON');
      this.#db.pragma('journal_size_limit = 67108864');
    });
    const version = this.get<{ user_version: number }>('pragma user_version')?.user_version ?? 0;
    if (version > MIGRATIONS.length) {
      throw new PgfleetError(
        'config',
        `${this.#file}: expected schema version ${MIGRATIONS.length} or older, found ${version}, written by a later pgfleet`,
      );
    }
    this.transaction(() => {
      for (const [index, sql] of MIGRATIONS.entries()) {
        if (index < version) continue;
        guard(`migrate to version ${index + 1}`, () => this.#db.exec(sql));
      }
      guard('migrate', () => this.#db.exec(`pragma user_version = ${MIGRATIONS.length}`));
    });
  }

  /** Reads every page once, then writes a value to disk and reads it back. */
  selfCheck(): void {
    const check = this.get<{ quick_check: string }>('pragma quick_check(1)')?.quick_check;
    if (check !== 'ok') {
      const damage = Object.assign(new Error(check ?? 'no answer'), { code: 'SQLITE_CORRUPT' });
      throw new PgfleetError('storage', `${this.#file}: quick_check failed`, { cause: damage });
    }
    const token = randomUUID();
    this.transaction(() =>
      this.run(
        'insert into self_check (id, token) values (1, :token) on conflict (id) do update set token = :token',
        {
          token,
        },
      ),
    );
    const found = this.get<{ token: string }>('select token from self_check where id = 1')?.token;
    if (found !== token) {
      throw new PgfleetError(
        'storage',
        `${this.#file}: expected to read back what was written, found another value`,
      );
    }
  }

  run(sql: string, binds: Binds = {}): number {
    return guard('write', () => this.#prepare(sql).run(checked(binds)).changes);
  }

  get<Row>(sql: string, binds: Binds = {}): Row | undefined {
    return guard('read', () => this.#prepare(sql).get(checked(binds)) as Row | undefined);
  }

  all<Row>(sql: string, binds: Binds = {}): Row[] {
    return guard('read', () => this.#prepare(sql).all(checked(binds)) as Row[]);
  }

  transaction<T>(work: () => T): T {
    if (this.#db.inTransaction) return work();
    guard('begin', () => this.#db.exec('begin immediate'));
    try {
      const result = work();
      guard('commit', () => this.#db.exec('commit'));
      return result;
    } catch (error) {
      // SQLite has rolled back on its own after some errors, a full disk for one.
      if (this.#db.inTransaction) this.#db.exec('rollback');
      throw error;
    }
  }

  freeBytes(): number {
    const { bavail, bsize } = guard('statfs', () => statfsSync(dirname(this.#file)));
    return bavail * bsize;
  }

  close(): void {
    this.#statements.clear();
    if (!this.#db.open) return;
    try {
      // The driver leaves the journal behind; a copy of the one file is complete only without it.
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // Damaged or locked: the journal stays and is read at the next start, as after a crash.
    }
    this.#db.close();
  }

  #prepare(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function guard<T>(action: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new PgfleetError('storage', `notifier store: cannot ${action}`, { cause: error });
  }
}

function checked(binds: Binds): Binds {
  for (const [name, value] of Object.entries(binds)) {
    const bindable =
      value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array;
    if (!bindable)
      throw new TypeError(`parameter ${name}: expected text, number, bytes or null, found ${typeof value}`);
  }
  return binds;
}

/** Where the store of a data directory lies. */
export function storeFile(dataDir: string): string {
  return join(dataDir, 'notifier', 'notifier.db');
}

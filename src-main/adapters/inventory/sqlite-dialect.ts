import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { isBusy, toInventoryError } from "./sqlite-errors.ts";

const RETRY_MS = 20;

/** How to run a statement: waits while another process holds the lock, and tells errors in Floppy's words. */
export type Attempt = <Value>(act: () => Value) => Promise<Value>;

/** Waiting is done here and not by SQLite, which would stop the whole process meanwhile. */
export function createAttempt(file: string, patienceMs: number): Attempt {
  return async (act) => {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        return act();
      } catch (thrown) {
        if (!isBusy(thrown) || performance.now() >= deadline) throw toInventoryError(thrown, file);
      }
      await delay(RETRY_MS);
    }
  };
}

/** Floppy's own statements are fewer; lists of values of any length make more of them. */
const KEPT_STATEMENTS = 100;

class Connection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #attempt: Attempt;
  /** By their text, so that none is made anew each time; the oldest first. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, attempt: Attempt) {
    this.#database = database;
    this.#attempt = attempt;
  }

  #prepared(sql: string): StatementSync {
    const kept = this.#statements.get(sql);
    if (kept) return kept;
    const made = this.#database.prepare(sql);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= KEPT_STATEMENTS && oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, made);
    return made;
  }

  executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return this.#attempt(() => {
      const statement = this.#prepared(sql);
      const values = parameters as SQLInputValue[];
      if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
    });
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}

/** Kysely's SQLite dialect over Node's own SQLite. Every transaction may write from its start: none fails half-way for a lock. */
export function nodeSqliteDialect(database: DatabaseSync, attempt: Attempt): Dialect {
  const connection = new Connection(database, attempt);
  const execute = async (sql: string) => void (await connection.executeQuery(CompiledQuery.raw(sql)));
  const driver: Driver = {
    init: async () => undefined,
    acquireConnection: async () => connection,
    beginTransaction: () => execute("begin immediate"),
    commitTransaction: () => execute("commit"),
    // SQLite rolls back by itself when the disk is full; doing it again would hide that reason.
    rollbackTransaction: async () => (database.isTransaction ? execute("rollback") : undefined),
    releaseConnection: async () => undefined,
    destroy: async () => database.close(),
  };
  return {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";
import { type Attempt, createAttempt, nodeSqliteDialect } from "./sqlite-dialect.ts";
import { unreadable } from "./sqlite-errors.ts";

const POLL_MS = 500;

export type Database = {
  db: Kysely<Schema>;
  /** Calls back after another process's commit; returns the function that stops it. */
  watch(listener: () => void): () => void;
  close(): Promise<void>;
};

type Opened = { file: string; database: DatabaseSync; db: Kysely<Schema>; attempt: Attempt };

/** Names of the migrations this file has been through; a file that is not Floppy's is refused. */
async function appliedMigrations({ file, db }: Opened): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (tables.length === 0) return [];
  if (!tables.some(({ name }) => name === "kysely_migration")) {
    throw unreadable(file, "it is the database of another program.");
  }
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map(({ name }) => name);
}

/** Whether tables are missing; a file that this Floppy does not understand is refused. */
async function needsMigration(opened: Opened): Promise<boolean> {
  const applied = await appliedMigrations(opened);
  if (applied.some((name) => !Object.hasOwn(migrations, name))) {
    throw unreadable(opened.file, "it was written by a newer Floppy. Update this one.");
  }
  return applied.length < Object.keys(migrations).length;
}

/** Kysely's migrator has no lock for SQLite: the whole of it runs in one transaction of ours, so only one process migrates. */
async function migrate({ database, db, attempt }: Opened): Promise<void> {
  await attempt(() => database.exec("begin immediate"));
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
    await attempt(() => database.exec("commit"));
  } finally {
    if (database.isTransaction) database.exec("rollback");
  }
}

/** Looks first and changes the file only when it is known to be ours. */
async function prepare(opened: Opened): Promise<void> {
  const { database, attempt } = opened;
  const outdated = await needsMigration(opened);
  // With a write-ahead log NORMAL survives a killed process whole; a power cut may cost the last moments, never the file.
  await attempt(() => database.exec("pragma journal_mode = wal; pragma synchronous = normal"));
  if (outdated) await migrate(opened);
}

/** A number that changes with every commit of another connection; null while it cannot be asked. */
function createDataVersion(database: DatabaseSync): () => unknown {
  const query = database.prepare("pragma data_version");
  return () => {
    try {
      return query.get()?.data_version ?? null;
    } catch {
      return null;
    }
  };
}

function createWatch(database: DatabaseSync) {
  const timers = new Set<NodeJS.Timeout>();
  const dataVersion = createDataVersion(database);

  function watch(listener: () => void): () => void {
    let seen = dataVersion();
    const timer = setInterval(() => {
      const found = dataVersion();
      if (found === null || found === seen) return;
      seen = found;
      listener();
    }, POLL_MS);
    timer.unref();
    timers.add(timer);
    return () => clearInterval(timer);
  }

  function stopAll(): void {
    for (const timer of timers) clearInterval(timer);
  }

  return { watch, stopAll };
}

/** SQLite would make it for everybody to read; its log and its index beside it take the file's mode. */
function makeForOwner(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch {
    // It is there, or cannot be made: then SQLite says why.
  }
}

/** Opens or makes the file. Any number of processes may do so at the same time. */
export async function openSqlite(options: { file: string; patienceMs: number }): Promise<Database> {
  const { file, patienceMs } = options;
  const attempt = createAttempt(file, patienceMs);
  makeForOwner(file);
  const database = await attempt(
    () => new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true }),
  );
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(database, attempt) });
  try {
    await prepare({ file, database, db, attempt });
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  const { watch, stopAll } = createWatch(database);
  return {
    db,
    watch,
    async close() {
      stopAll();
      if (database.isOpen) database.close();
    },
  };
}

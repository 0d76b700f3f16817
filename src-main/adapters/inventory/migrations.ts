import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

async function createTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("devices")
    .addColumn("serial", "text", (column) => column.primaryKey())
    .addColumn("host", "text", (column) => column.notNull())
    .addColumn("role", "text")
    .addColumn("hostname", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("error", "text")
    .addColumn("host_key", "text")
    .addColumn("last_run_id", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("runs")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("serial", "text", (column) => column.notNull().references("devices.serial"))
    .addColumn("host", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("medium", "text", (column) => column.notNull())
    .addColumn("image_choice", "text", (column) => column.notNull())
    .addColumn("drive", "text", (column) => column.notNull())
    .addColumn("image", "text")
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("phase", "text")
    .addColumn("error", "text")
    .addColumn("started_at", "text", (column) => column.notNull())
    .addColumn("ended_at", "text")
    .addColumn("owner_boot_id", "text", (column) => column.notNull())
    .addColumn("owner_pid", "integer", (column) => column.notNull())
    .addColumn("owner_start", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("runs_by_serial").on("runs").column("serial").execute();
  await schema.createIndex("runs_by_state").on("runs").column("state").execute();
  await schema
    .createTable("phases")
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("started_at", "text")
    .addColumn("ended_at", "text")
    .addColumn("summary", "text")
    .addColumn("error", "text")
    .addColumn("progress", "text")
    .addPrimaryKeyConstraint("phases_primary", ["run_id", "name"])
    .execute();
  await schema
    .createTable("events")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id"))
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("data", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("events_by_run").on("events").columns(["run_id", "id"]).execute();
  await schema
    .createTable("log_lines")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id"))
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("phase", "text")
    .addColumn("level", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("log_lines_by_run").on("log_lines").columns(["run_id", "id"]).execute();
  await schema
    .createTable("inspections")
    .addColumn("path", "text", (column) => column.primaryKey())
    .addColumn("file_bytes", "bigint", (column) => column.notNull())
    .addColumn("modified_ms", "double precision", (column) => column.notNull())
    .addColumn("inspection", "text", (column) => column.notNull())
    .execute();
}

async function addInstallation(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("runs").addColumn("installation", "text").execute();
}

async function addPractice(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("devices")
    .addColumn("practice", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
}

async function addBatch(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("runs").addColumn("batch", "text").execute();
}

/** The last change of each device, in the order in which they were made; kept by triggers, whatever program makes them. */
async function addDeviceChanges(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("device_changes")
    .addColumn("serial", "text", (column) => column.primaryKey())
    .addColumn("sequence", "integer", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("device_changes_by_sequence").on("device_changes").column("sequence").execute();
  for (const [act, row] of [
    ["insert", "new"],
    ["update", "new"],
    ["delete", "old"],
  ] as const) {
    await sql`create trigger ${sql.ref(`devices_${act}`)} after ${sql.raw(act)} on devices begin
      insert or replace into device_changes (serial, sequence)
      values (${sql.ref(`${row}.serial`)}, (select coalesce(max(sequence), 0) + 1 from device_changes));
    end`.execute(db);
  }
}

/**
 * Notes each change of a table's rows under a growing number. `or replace` would give way to the conflict clause of
 * whatever statement made the change; the upsert does not.
 */
async function noteChanges(db: Kysely<unknown>, table: string, key: string, changes: string): Promise<void> {
  for (const [act, row] of [
    ["insert", "new"],
    ["update", "new"],
    ["delete", "old"],
  ] as const) {
    const trigger = sql.ref(`${table}_${act}`);
    await sql`drop trigger if exists ${trigger}`.execute(db);
    await sql`create trigger ${trigger} after ${sql.raw(act)} on ${sql.table(table)} begin
      insert into ${sql.table(changes)} (${sql.ref(key)}, sequence)
      values (${sql.ref(`${row}.${key}`)}, (select coalesce(max(sequence), 0) + 1 from ${sql.table(changes)}))
      on conflict (${sql.ref(key)}) do update set sequence = excluded.sequence;
    end`.execute(db);
  }
}

/** The last change of each run as well, so that nobody has to look at all of them. */
async function addRunChanges(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("run_changes")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("sequence", "integer", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("run_changes_by_sequence").on("run_changes").column("sequence").execute();
  await noteChanges(db, "runs", "id", "run_changes");
  await noteChanges(db, "devices", "serial", "device_changes");
}

/** Before, a run was told from others by whether it installs. */
async function addRunKind(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("runs")
    .addColumn("kind", "text", (column) => column.notNull().defaultTo("medium"))
    .execute();
  await sql`update runs set kind = 'install' where installation is not null`.execute(db);
}

/** Run in the order of their names. One that was released is never changed: add the next. */
export const migrations: Record<string, Migration> = {
  "001-tables": { up: createTables },
  "002-installation": { up: addInstallation },
  "003-practice": { up: addPractice },
  "004-batch": { up: addBatch },
  "005-device-changes": { up: addDeviceChanges },
  "006-run-changes": { up: addRunChanges },
  "007-run-kind": { up: addRunKind },
};

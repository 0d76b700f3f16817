import type { Kysely } from "kysely";
import type { Device } from "#contract/devices.ts";
import type { Changes, OpenRun } from "#core/ports/inventory.ts";
import { type StoredRun, storedRuns } from "./runs.ts";
import type { Row, Schema } from "./schema.ts";

/** How a list of rows is read, without those that are damaged. */
type Readable = <Stored, Value>(stored: Stored[], read: (stored: Stored) => Value) => Value[];

async function latestMark(db: Kysely<Schema>, table: "device_changes" | "run_changes"): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select("sequence")
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}

/** By key what is there now, and null for what was noted but is gone. */
function found<Value>(
  noted: string[],
  there: Set<string>,
  values: [string, Value][],
): Map<string, Value | null> {
  const gone = noted.filter((key) => !there.has(key)).map((key): [string, null] => [key, null]);
  return new Map([...gone, ...values]);
}

/** What triggers noted since the mark; costs what was changed, however many devices there are. */
export async function deviceChanges(
  db: Kysely<Schema>,
  since: number | null,
  readable: Readable,
  toDevice: (row: Row<"devices">) => Device,
): Promise<Changes<Device>> {
  if (since === null) return { mark: await latestMark(db, "device_changes"), changed: new Map() };
  const changes = db.selectFrom("device_changes").where("sequence", ">", since);
  const noted = await changes.selectAll().orderBy("sequence").execute();
  const rows = await db
    .selectFrom("devices")
    .selectAll()
    .where("serial", "in", changes.select("serial"))
    .execute();
  const there = new Set(rows.map(({ serial }) => serial));
  const devices = readable(rows, toDevice).map((device): [string, Device] => [device.serial, device]);
  const serials = noted.map(({ serial }) => serial);
  return { mark: noted.at(-1)?.sequence ?? since, changed: found(serials, there, devices) };
}

/** The same of runs, with whether somebody works on them. */
export async function runChanges(
  db: Kysely<Schema>,
  since: number | null,
  readable: Readable,
  toOpenRun: (stored: StoredRun) => OpenRun,
): Promise<Changes<OpenRun>> {
  if (since === null) return { mark: await latestMark(db, "run_changes"), changed: new Map() };
  const changes = db.selectFrom("run_changes").where("sequence", ">", since);
  const noted = await changes.selectAll().orderBy("sequence").execute();
  const stored = await storedRuns(db, db.selectFrom("runs").where("id", "in", changes.select("id")));
  const there = new Set(stored.map(({ row }) => row.id));
  const runs = readable(stored, toOpenRun).map((one): [string, OpenRun] => [one.run.id, one]);
  const ids = noted.map(({ id }) => id);
  return { mark: noted.at(-1)?.sequence ?? since, changed: found(ids, there, runs) };
}

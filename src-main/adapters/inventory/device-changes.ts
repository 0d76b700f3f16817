import type { Kysely } from "kysely";
import type { Device } from "#contract/devices.ts";
import type { DeviceChanges } from "#core/ports/inventory.ts";
import type { Row, Schema } from "./schema.ts";

/** How a list of rows is read, without those that are damaged. */
type Readable = (rows: Row<"devices">[]) => Device[];

async function latestMark(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom("device_changes")
    .select("sequence")
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}

/** What triggers noted since the mark; costs what was changed, however many devices there are. */
export async function deviceChanges(
  db: Kysely<Schema>,
  since: number | null,
  readable: Readable,
): Promise<DeviceChanges> {
  if (since === null) return { mark: await latestMark(db), changed: new Map() };
  const noted = await db
    .selectFrom("device_changes")
    .selectAll()
    .where("sequence", ">", since)
    .orderBy("sequence")
    .execute();
  const rows = await db
    .selectFrom("devices")
    .selectAll()
    .where("serial", "in", (changes) =>
      changes.selectFrom("device_changes").select("serial").where("sequence", ">", since),
    )
    .execute();
  const there = new Set(rows.map(({ serial }) => serial));
  const changed = new Map<string, Device | null>();
  for (const { serial } of noted) if (!there.has(serial)) changed.set(serial, null);
  for (const device of readable(rows)) changed.set(device.serial, device);
  return { mark: noted.at(-1)?.sequence ?? since, changed };
}

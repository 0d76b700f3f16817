import type { Kysely, Transaction } from "kysely";
import { deviceUnknown } from "#core/devices/register.ts";
import { deviceBusy } from "#core/runs/admission.ts";
import { judgeOwner, type Owner } from "./owner.ts";
import { ownerOf } from "./rows.ts";
import type { Schema } from "./schema.ts";

async function removeRuns(transaction: Transaction<Schema>, serial: string): Promise<void> {
  const ids = transaction.selectFrom("runs").select("id").where("serial", "=", serial);
  for (const table of ["log_lines", "events", "phases"] as const)
    await transaction.deleteFrom(table).where("run_id", "in", ids).execute();
  await transaction.deleteFrom("runs").where("serial", "=", serial).execute();
}

/** The device with all that is known of its runs, all or nothing; the ids of those runs. */
export function removeDevice(db: Kysely<Schema>, owner: Owner, serial: string): Promise<string[]> {
  return db.transaction().execute(async (transaction) => {
    const runs = await transaction.selectFrom("runs").selectAll().where("serial", "=", serial).execute();
    const live = runs.filter((row) => row.state === "running" && judgeOwner(ownerOf(row), owner) !== "dead");
    if (live.length > 0) throw deviceBusy(serial);
    const ids = runs.map(({ id }) => id);
    await removeRuns(transaction, serial);
    const gone = await transaction.deleteFrom("devices").where("serial", "=", serial).executeTakeFirst();
    if (Number(gone.numDeletedRows) === 0) throw deviceUnknown(serial);
    return ids;
  });
}

import { isDeepStrictEqual } from "node:util";
import { FloppyError } from "#contract/errors.ts";
import { harmless } from "#contract/harmless.ts";
import { inspection } from "#contract/images.ts";
import { openStates } from "#contract/runs.ts";
import { deviceUnknown } from "#core/devices/register.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { Inventory } from "#core/ports/inventory.ts";
import { createClock } from "../clock.ts";
import { deviceChanges, runChanges } from "./changes.ts";
import { currentOwner, judgeOwner } from "./owner.ts";
import { removeDevice } from "./remove-device.ts";
import { deviceRow, deviceStatusColumns, ownerOf, toDevice, toLogLine } from "./rows.ts";
import { type StoredRun, saveRun, storedRuns } from "./runs.ts";
import { openSqlite } from "./sqlite.ts";

/** Rows in one insert; databases limit the number of values in a statement. */
const LOG_BATCH = 1000;

export type InventoryOptions = {
  file: string;
  /** How long to wait for another process that holds the lock. */
  patienceMs?: number;
  /** Told once of each damaged entry that a list leaves out. */
  damaged?: (error: FloppyError) => void;
  clock?: Clock;
};

/** Lists skip what is damaged, so that one bad row does not take the others along; asked for by name it throws. */
function createLenientReader(damaged: (error: FloppyError) => void) {
  const told = new Set<string>();
  return function readable<Stored, Value>(stored: Stored[], read: (stored: Stored) => Value): Value[] {
    return stored.flatMap((one) => {
      try {
        return [read(one)];
      } catch (thrown) {
        if (!(thrown instanceof FloppyError)) throw thrown;
        if (!told.has(thrown.message)) damaged(thrown);
        told.add(thrown.message);
        return [];
      }
    });
  };
}

function warn({ code, message, details }: FloppyError): void {
  process.emitWarning(harmless(message), { code, detail: harmless(String(details.reason)) });
}

/** The inventory in a SQLite file, made if it is not there; its folder must be. */
export async function openInventory(options: InventoryOptions): Promise<Inventory> {
  const { file, patienceMs = 3000, damaged = warn, clock = createClock() } = options;
  const { db, watch, close } = await openSqlite({ file, patienceMs });
  const owner = currentOwner();
  const world = { db, clock, owner };
  const readable = createLenientReader(damaged);

  const deviceRows = db.selectFrom("devices").selectAll();
  const runs = db.selectFrom("runs");
  // The open states by name: "all but these" would look at every run there ever was.
  const open = runs.where("state", "in", [...openStates]);
  const openRun = ({ row, read }: StoredRun) => ({ run: read(), owner: judgeOwner(ownerOf(row), owner) });

  async function device(serial: string) {
    const row = await deviceRows.where("serial", "=", serial).executeTakeFirst();
    return row ? toDevice(row) : null;
  }

  return {
    devices: async () => readable(await deviceRows.orderBy("serial").execute(), toDevice),
    device,
    deviceChanges: (since) => deviceChanges(db, since, readable, toDevice),
    async registerDevice(added) {
      await db
        .insertInto("devices")
        .values(deviceRow(added))
        .onConflict((conflict) => conflict.column("serial").doNothing())
        .execute();
      return (await device(added.serial)) ?? added;
    },
    async updateDevice(serial, { role, status, hostKey, lastRunId, hostname, practice }) {
      const row = await db
        .updateTable("devices")
        .set({
          updated_at: clock.now().toISOString(),
          ...(role !== undefined && { role }),
          ...(hostname !== undefined && { hostname }),
          ...(hostKey !== undefined && { host_key: hostKey }),
          ...(lastRunId !== undefined && { last_run_id: lastRunId }),
          ...(practice !== undefined && { practice: practice ? 1 : 0 }),
          ...(status !== undefined && deviceStatusColumns(status)),
        })
        .where("serial", "=", serial)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw deviceUnknown(serial);
      return toDevice(row);
    },

    removeDevice: (serial) => removeDevice(db, owner, serial),

    saveRun: (run) => saveRun(world, run),
    async run(id) {
      const [stored] = await storedRuns(db, runs.where("id", "=", id));
      return stored ? stored.read() : null;
    },
    async runsOf(serial) {
      return readable(await storedRuns(db, runs.where("serial", "=", serial)), ({ read }) => read());
    },
    openRuns: async () => readable(await storedRuns(db, open), openRun),
    openRunsOf: async (serials) =>
      readable(await storedRuns(db, open.where("serial", "in", serials)), openRun),
    runningRuns: async () => readable(await storedRuns(db, runs.where("state", "=", "running")), openRun),
    runChanges: (since) => runChanges(db, since, readable, openRun),
    async openRun(id) {
      const [stored] = await storedRuns(db, open.where("id", "=", id));
      return stored ? openRun(stored) : null;
    },

    async appendLog(runId, lines) {
      const rows = lines.map((line) => ({ ...line, id: clock.newId(), run_id: runId }));
      for (let start = 0; start < rows.length; start += LOG_BATCH) {
        await db
          .insertInto("log_lines")
          .values(rows.slice(start, start + LOG_BATCH))
          .execute();
      }
    },
    async log(runId) {
      const rows = await db
        .selectFrom("log_lines")
        .selectAll()
        .where("run_id", "=", runId)
        .orderBy("id")
        .execute();
      return readable(rows, toLogLine);
    },

    async inspection(path, basis) {
      const row = await db
        .selectFrom("inspections")
        .select("inspection")
        .where("path", "=", path)
        .executeTakeFirst();
      const found = row ? parseInspection(row.inspection) : null;
      return isDeepStrictEqual(found?.basis, basis) ? found : null;
    },
    async saveInspection(found) {
      const changed = {
        file_bytes: found.fileBytes,
        modified_ms: found.modifiedMs,
        inspection: JSON.stringify(found),
      };
      await db
        .insertInto("inspections")
        .values({ path: found.path, ...changed })
        .onConflict((conflict) => conflict.column("path").doUpdateSet(changed))
        .execute();
    },
    async forgetInspection(path) {
      await db.deleteFrom("inspections").where("path", "=", path).execute();
    },

    watch,
    close,
  };
}

/** A damaged one is worth nothing: the file is inspected again. */
function parseInspection(text: string) {
  try {
    return inspection.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

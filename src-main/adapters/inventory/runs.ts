import type { Kysely, Transaction } from "kysely";
import { FloppyError } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { Clock } from "#core/ports.ts";
import { journalEntries } from "./journal.ts";
import { judgeOwner, type Owner } from "./owner.ts";
import { ownerOf, phaseRow, runRow, toRun } from "./rows.ts";
import type { Row, Schema } from "./schema.ts";

type World = { db: Kysely<Schema>; clock: Clock; owner: Owner };

/** Two processes that resume the same run at the same moment: the second one must not go on. */
function refuseForeign(row: Row<"runs"> | undefined, owner: Owner): void {
  if (row?.state !== "running" || judgeOwner(ownerOf(row), owner) !== "other") return;
  throw new FloppyError(
    "DEVICE_BUSY",
    `Another Floppy on this machine works on ${row.serial}.`,
    "Nothing was changed here. Wait until it has ended, or cancel it there.",
    { runId: row.id, pid: row.owner_pid },
  );
}

async function writeRun(transaction: Transaction<Schema>, { clock, owner }: World, run: Run): Promise<void> {
  const saved = await transaction.selectFrom("runs").selectAll().where("id", "=", run.id).executeTakeFirst();
  refuseForeign(saved, owner);
  const phases = await transaction
    .selectFrom("phases")
    .select(["name", "state"])
    .where("run_id", "=", run.id)
    .execute();

  const { id, ...changed } = runRow(run, owner);
  await transaction
    .insertInto("runs")
    .values({ id, ...changed })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(changed))
    .execute();
  await transaction
    .insertInto("phases")
    .values(run.phases.map((phase, position) => phaseRow(run.id, phase, position)))
    .onConflict((conflict) =>
      conflict.columns(["run_id", "name"]).doUpdateSet(({ ref }) => ({
        position: ref("excluded.position"),
        state: ref("excluded.state"),
        started_at: ref("excluded.started_at"),
        ended_at: ref("excluded.ended_at"),
        summary: ref("excluded.summary"),
        error: ref("excluded.error"),
        progress: ref("excluded.progress"),
      })),
    )
    .execute();

  const before = {
    run: saved?.state ?? null,
    phases: new Map(phases.map(({ name, state }) => [name, state])),
  };
  const at = clock.now().toISOString();
  const events = journalEntries(before, run).map((entry) => ({
    id: clock.newId(),
    run_id: run.id,
    at,
    ...entry,
  }));
  if (events.length > 0) await transaction.insertInto("events").values(events).execute();
}

/** The run, its phases and what happened since the last save, all or nothing. */
export function saveRun(world: World, run: Run): Promise<void> {
  return world.db.transaction().execute((transaction) => writeRun(transaction, world, run));
}

/** A row with what is needed to read it; reading may fail, and fails for this run alone. */
export type StoredRun = { row: Row<"runs">; read(): Run };

/** The runs that `select` gives, each with its phases. */
export async function storedRuns(db: Kysely<Schema>, rows: Row<"runs">[]): Promise<StoredRun[]> {
  if (rows.length === 0) return [];
  const phases = await db
    .selectFrom("phases")
    .selectAll()
    .where(
      "run_id",
      "in",
      rows.map(({ id }) => id),
    )
    .orderBy("position")
    .execute();
  const byRun = Map.groupBy(phases, (phase) => phase.run_id);
  return rows.map((row) => ({ row, read: () => toRun(row, byRun.get(row.id) ?? []) }));
}

import type { Kysely, SelectQueryBuilder, Transaction } from "kysely";
import { drive } from "#contract/drives.ts";
import { isTargetPhase, phaseName, type Run } from "#contract/runs.ts";
import type { Clock } from "#core/ports/clock.ts";
import { refuseClaimed } from "#core/runs/admission.ts";
import { journalEntries } from "./journal.ts";
import { judgeOwner, type Owner } from "./owner.ts";
import { ownerOf, phaseRow, runRow, toRun } from "./rows.ts";
import type { Row, Schema } from "./schema.ts";

type World = { db: Kysely<Schema>; clock: Clock; owner: Owner };

/** The drive that a run's row claims: none once its medium is written, and none where the row is damaged. */
function driveKeyOf(row: Row<"runs">): string | null {
  const phase = phaseName.safeParse(row.phase);
  if (phase.success && isTargetPhase(phase.data)) return null;
  try {
    return drive.parse(JSON.parse(row.drive)).key;
  } catch {
    return null;
  }
}

/**
 * Refuses what another living process works on. As this is asked in the transaction that saves the run, of two
 * processes that start at the same moment only one comes through.
 */
async function refuseForeign(
  transaction: Transaction<Schema>,
  owner: Owner,
  run: Run,
  saved: Row<"runs"> | undefined,
): Promise<void> {
  const running = await transaction.selectFrom("runs").selectAll().where("state", "=", "running").execute();
  const foreign = running.filter((row) => judgeOwner(ownerOf(row), owner) === "other");
  const goesOn = saved?.state === "running" && judgeOwner(ownerOf(saved), owner) === "this";
  const starts = run.status.state === "running" && !goesOn;
  const contested = foreign.filter((row) => starts || row.id === run.id);
  refuseClaimed(
    run,
    contested.map((row) => ({ serial: row.serial, driveKey: driveKeyOf(row) })),
  );
}

/** The run and its phases as they now are, in place of what was saved of them. */
async function putRun(transaction: Transaction<Schema>, owner: Owner, run: Run): Promise<void> {
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
}

async function writeRun(transaction: Transaction<Schema>, { clock, owner }: World, run: Run): Promise<void> {
  const saved = await transaction.selectFrom("runs").selectAll().where("id", "=", run.id).executeTakeFirst();
  await refuseForeign(transaction, owner, run, saved);
  const phases = await transaction
    .selectFrom("phases")
    .select(["name", "state"])
    .where("run_id", "=", run.id)
    .execute();

  await putRun(transaction, owner, run);
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

/** The runs of a query, the newest first, each with its phases; however many they are, they are not named one by one. */
export async function storedRuns(
  db: Kysely<Schema>,
  runs: SelectQueryBuilder<Schema, "runs", object>,
): Promise<StoredRun[]> {
  const rows = await runs.selectAll().orderBy("started_at", "desc").orderBy("id", "desc").execute();
  if (rows.length === 0) return [];
  const phases = await db
    .selectFrom("phases")
    .selectAll()
    .where("run_id", "in", runs.select("id"))
    .orderBy("position")
    .execute();
  const byRun = Map.groupBy(phases, (phase) => phase.run_id);
  return rows.map((row) => ({ row, read: () => toRun(row, byRun.get(row.id) ?? []) }));
}

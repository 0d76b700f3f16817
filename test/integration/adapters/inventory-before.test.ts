/** Inventories that an older Floppy wrote. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openInventory } from "#adapters/inventory/inventory.ts";
import { installationOf, nextPhase, runKinds } from "#contract/runs.ts";
import type { Inventory } from "#core/ports/inventory.ts";

const beforeKinds = new URL("../../fixtures/inventory/before-kinds.sql", import.meta.url);

let folder: string;
let inventory: Inventory;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-inventory-"));
  const file = join(folder, "inventory.sqlite");
  const database = new DatabaseSync(file);
  database.exec(await readFile(beforeKinds, "utf8"));
  database.close();
  inventory = await openInventory({ file });
});

afterEach(async () => {
  await inventory.close();
  await rm(folder, { recursive: true, force: true });
});

const runOf = async (id: string) => {
  const run = await inventory.run(id);
  if (!run) throw new Error(`${id} was lost`);
  return run;
};

it("a card's run is one that makes a medium", async () => {
  const run = await runOf("run-1");
  expect(run).toMatchObject({ kind: "medium", medium: "card", status: { state: "running", phase: "write" } });
  expect(run).not.toHaveProperty("installation");
  await expect(inventory.log("run-1")).resolves.toMatchObject([{ text: "began" }]);
});

it("a run of a batch is still one of it", async () => {
  expect(await runOf("run-2")).toMatchObject({ kind: "medium", batch: { id: "batch-1" } });
});

it("a stick's run installs, and knows its machine", async () => {
  const run = await runOf("run-3");
  expect(run.kind).toBe("install");
  expect(run.phases.map(({ name }) => name)).toEqual(runKinds.install);
  expect(nextPhase(run)).toBe("partition");
  expect(installationOf(run)).toMatchObject({ address: { host: "192.168.1.47" } });
});

it("a practice stick's run ends with its medium", async () => {
  expect(await runOf("run-4")).toMatchObject({ kind: "medium", medium: "stick", status: { state: "done" } });
});

it("all of them are offered or kept as they were", async () => {
  const open = await inventory.openRuns();
  expect(open.map(({ run }) => run.id).toSorted()).toEqual(["run-1", "run-2", "run-3"]);
  expect(await inventory.devices()).toHaveLength(4);
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openInventory } from "#adapters/inventory/inventory.ts";
import type { Inventory } from "#core/ports/inventory.ts";
import { type Program, startProgram } from "../../support/inventory/program.ts";
import { aDevice, aRun, serial, writing } from "../../support/inventory/records.ts";

let folder: string;
let file: string;
let programs: Program[];
let inventories: Inventory[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-inventory-"));
  file = join(folder, "inventory.sqlite");
  programs = [];
  inventories = [];
});

afterEach(async () => {
  await Promise.all(programs.map((program) => program.kill()));
  await Promise.all(inventories.map((inventory) => inventory.close()));
  await rm(folder, { recursive: true, force: true });
});

async function open(patienceMs = 3000): Promise<Inventory> {
  const inventory = await openInventory({ file, patienceMs });
  inventories.push(inventory);
  return inventory;
}

function start(name: string, ...args: string[]): Program {
  const program = startProgram(name, args);
  programs.push(program);
  return program;
}

describe("while another process holds the lock", () => {
  let inventory: Inventory;
  let holder: Program;

  beforeEach(async () => {
    inventory = await open(200);
    await inventory.registerDevice(aDevice());
    holder = start("hold-lock.ts", file);
    await holder.printed("locked");
  });

  it("saving gives up with a clear error, and reading goes on", async () => {
    const locked = { code: "INVENTORY_LOCKED", hint: expect.stringContaining("Nothing was saved or lost") };
    await expect(inventory.saveRun(aRun())).rejects.toMatchObject(locked);
    await expect(inventory.updateDevice(serial, { role: null })).rejects.toMatchObject(locked);
    expect(await inventory.device(serial)).toEqual(aDevice());
  });

  it("this process stays awake", async () => {
    const saving = inventory.saveRun(aRun()).catch(() => "given up");
    const turns = await Promise.race([
      saving,
      new Promise((resolve) => setImmediate(() => resolve("awake"))),
    ]);
    expect(turns).toBe("awake");
    await saving;
  });

  it("saving waits for the lock and goes on when it is free", async () => {
    const patient = await open(30_000);
    const saving = patient.saveRun(aRun());
    await holder.kill();
    await saving;
    expect(await inventory.run("run-1")).toEqual(aRun());
  });

  it("another process can be started", async () => {
    expect(await (await open(200)).devices()).toEqual([aDevice()]);
  });
});

it("a new file that is locked before it has tables is an error, not a half-made inventory", async () => {
  const holder = start("hold-lock.ts", file);
  await holder.printed("locked");
  await expect(open(200)).rejects.toMatchObject({ code: "INVENTORY_LOCKED" });
});

it("many processes may make the inventory at the same moment, and each one’s saves are kept", async () => {
  const serials = ["FLOPPY-RPI-00001", "FLOPPY-RPI-00002", "FLOPPY-RPI-00003"];
  const writers = serials.map((one) => start("save-run.ts", file, `run of ${one}`, one, "50"));
  await Promise.all(writers.map((writer) => writer.printed("saved")));
  expect(await Promise.all(writers.map((writer) => writer.finish()))).toEqual([0, 0, 0]);
  const inventory = await open();
  const counted = Array.from({ length: 50 }, (_, index) => `${index + 1}`);
  for (const one of serials) {
    const run = await inventory.run(`run of ${one}`);
    expect(run?.phases[1]?.status).toEqual(writing(50));
    expect((await inventory.log(`run of ${one}`)).map(({ text }) => text)).toEqual(counted);
  }
});

describe("a run of another process", () => {
  it("is the other’s while it lives, and dead when it was killed in the middle", async () => {
    const worker = start("save-run.ts", file, "run-1", serial, "1000000");
    await worker.printed("started");
    const inventory = await open();
    expect(await inventory.openRuns()).toMatchObject([{ owner: "other", run: { id: "run-1" } }]);
    await worker.kill();
    expect(await inventory.openRuns()).toMatchObject([
      { owner: "dead", run: { status: { state: "running" } } },
    ]);
    const database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare("pragma integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    database.close();
  });

  it("cannot be taken over while it lives, and can when it is dead", async () => {
    const worker = start("save-run.ts", file, "run-1", serial, "1");
    await worker.printed("saved");
    const inventory = await open();
    await expect(inventory.saveRun(aRun())).rejects.toMatchObject({ code: "DEVICE_BUSY" });
    await worker.kill();
    await inventory.saveRun(aRun());
    expect(await inventory.openRuns()).toMatchObject([{ owner: "this" }]);
  });

  it("keeps its device from a run of a dead process that is taken over here", async () => {
    const dead = start("save-run.ts", file, "run-1", serial, "1");
    await dead.printed("saved");
    await dead.kill();
    const worker = start("save-run.ts", file, "run-2", serial, "1");
    await worker.printed("saved");
    const inventory = await open();
    await expect(inventory.saveRun(aRun())).rejects.toMatchObject({ code: "DEVICE_BUSY" });
  });

  it("keeps its device and its drive from a run that starts here, and nothing else", async () => {
    const worker = start("save-run.ts", file, "run-1", serial, "1");
    await worker.printed("saved");
    const inventory = await open();
    const another = "FLOPPY-RPI-00002";
    await inventory.registerDevice(aDevice({ serial: another }));
    const card = (key: string) => ({ ...aRun().drive, key });
    const starting = (change: Parameters<typeof aRun>[0]) =>
      inventory.saveRun(aRun({ id: "run-2", ...change }));
    await expect(starting({ drive: card("card-2") })).rejects.toMatchObject({ code: "DEVICE_BUSY" });
    const sameDrive = { serial: another, drive: card(`card of ${serial}`) };
    await expect(starting(sameDrive)).rejects.toMatchObject({ code: "DRIVE_BUSY" });
    expect(await inventory.run("run-2")).toBeNull();
    await starting({ serial: another, drive: card("card-2") });
    expect(await inventory.run("run-2")).not.toBeNull();
  });
});

describe("watching", () => {
  it("tells of another process’s commit", async () => {
    const inventory = await open();
    const heard = new Promise<void>((resolve) => inventory.watch(resolve));
    start("save-run.ts", file, "run-1", serial, "1");
    await heard;
  });

  it("keeps no process from ending", async () => {
    const watcher = start("watch.ts", file);
    await watcher.printed("watching");
    expect(await watcher.finish()).toBe(0);
  });
});

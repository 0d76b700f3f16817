import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openInventory } from "#adapters/inventory/inventory.ts";
import type { FloppyError } from "#contract/errors.ts";
import { type LogLine, openStates, type Run } from "#contract/runs.ts";
import type { Inventory } from "#core/ports/inventory.ts";
import { aDevice, anInspection, aRun, at, later, serial, writing } from "../../support/inventory/records.ts";

let folder: string;
let file: string;
let inventory: Inventory;
let damaged: FloppyError[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-inventory-"));
  file = join(folder, "inventory.sqlite");
  damaged = [];
  inventory = await openInventory({ file, damaged: (error) => damaged.push(error) });
});

afterEach(async () => {
  await inventory.close();
  await rm(folder, { recursive: true, force: true });
});

/** As a person with a database tool would look at it, or change it. */
function query(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

async function reopen(): Promise<void> {
  await inventory.close();
  inventory = await openInventory({ file });
}

const failure = {
  code: "DRIVE_IO",
  message: "It broke.",
  hint: "Try another.",
  details: { sector: 7 },
} as const;

describe("devices", () => {
  it("are kept with all they have", async () => {
    const device = aDevice({
      status: { state: "failed", error: failure },
      hostKey: "ssh-ed25519 AAAA",
      practice: true,
      lastRunId: "run-1",
    });
    expect(await inventory.registerDevice(device)).toEqual(device);
    await reopen();
    expect(await inventory.device(serial)).toEqual(device);
  });

  it("are left as they are when they are registered again", async () => {
    await inventory.registerDevice(aDevice());
    expect(await inventory.registerDevice(aDevice({ role: "node", hostname: "other" }))).toEqual(aDevice());
  });

  it("change in the named fields alone, and say when", async () => {
    await inventory.registerDevice(aDevice({ status: { state: "failed", error: failure } }));
    const changed = await inventory.updateDevice(serial, { status: { state: "flashed" } });
    expect(changed).toEqual({ ...aDevice({ status: { state: "flashed" } }), updatedAt: changed.updatedAt });
    expect(changed.updatedAt > at).toBe(true);
  });

  it("may lose their role", async () => {
    await inventory.registerDevice(aDevice());
    expect((await inventory.updateDevice(serial, { role: null })).role).toBeNull();
  });

  it("are listed by serial", async () => {
    for (const one of ["FLOPPY-RPI-00003", "FLOPPY-DEL-00001"]) {
      await inventory.registerDevice(aDevice({ serial: one }));
    }
    const serials = (await inventory.devices()).map((device) => device.serial);
    expect(serials).toEqual(["FLOPPY-DEL-00001", "FLOPPY-RPI-00003"]);
  });

  it("that are not there are null, and cannot be changed", async () => {
    expect(await inventory.device(serial)).toBeNull();
    const changing = inventory.updateDevice(serial, { role: "node" });
    await expect(changing).rejects.toMatchObject({ code: "DEVICE_UNKNOWN" });
  });
});

describe("what was changed", () => {
  it("is told by serial since a mark, whoever changed it, and costs nothing where nothing was", async () => {
    await inventory.registerDevice(aDevice({ serial: "FLOPPY-RPI-00001" }));
    await inventory.registerDevice(aDevice({ serial: "FLOPPY-RPI-00002" }));
    const { mark, changed } = await inventory.deviceChanges(null);
    expect(changed.size).toBe(0);
    expect(await inventory.deviceChanges(mark)).toEqual({ mark, changed: new Map() });

    query("update devices set role = 'kiosk' where serial = 'FLOPPY-RPI-00002'");
    await inventory.registerDevice(aDevice({ serial: "FLOPPY-RPI-00003" }));
    const since = await inventory.deviceChanges(mark);
    expect([...since.changed.keys()].toSorted()).toEqual(["FLOPPY-RPI-00002", "FLOPPY-RPI-00003"]);
    expect(since.changed.get("FLOPPY-RPI-00002")).toMatchObject({ role: "kiosk" });
    expect(await inventory.deviceChanges(since.mark)).toEqual({ mark: since.mark, changed: new Map() });
  });

  it("names what was removed, and once what was changed often", async () => {
    await inventory.registerDevice(aDevice({ serial: "FLOPPY-RPI-00001" }));
    await inventory.registerDevice(aDevice({ serial: "FLOPPY-RPI-00002" }));
    const { mark } = await inventory.deviceChanges(null);
    for (const role of ["robot", "kiosk", "dev"]) await inventory.updateDevice("FLOPPY-RPI-00002", { role });
    await inventory.removeDevice("FLOPPY-RPI-00001");
    const { changed } = await inventory.deviceChanges(mark);
    expect(changed.get("FLOPPY-RPI-00001")).toBeNull();
    expect(changed.get("FLOPPY-RPI-00002")).toMatchObject({ role: "dev" });
    expect(query("select count(*) as kept from device_changes")).toEqual([{ kept: 2 }]);
  });
});

describe("what a tool changes", () => {
  const values = (role: string) =>
    `('FLOPPY-RPI-00001', 'raspberry', '${role}', 'floppy-rpi-00001', 'registered', '${at}', '${at}')`;
  const into = "devices (serial, host, role, hostname, state, created_at, updated_at) values";

  beforeEach(() => inventory.registerDevice(aDevice({ serial: "FLOPPY-RPI-00001" })));

  it.each([
    `insert or replace into ${into} ${values("kiosk")}`,
    `insert into ${into} ${values("dev")} on conflict (serial) do update set role = 'kiosk'`,
    "update or ignore devices set role = 'kiosk'",
    "update or fail devices set role = 'kiosk'",
  ])("is told, whatever its statement does about conflicts: %s", async (statement) => {
    const { mark } = await inventory.deviceChanges(null);
    query(statement);
    const { changed } = await inventory.deviceChanges(mark);
    expect(changed.get("FLOPPY-RPI-00001")).toMatchObject({ role: "kiosk" });
  });
});

describe("what changed of runs", () => {
  beforeEach(() => inventory.registerDevice(aDevice()));

  it("is told since a mark, with whose it is, and costs nothing where nothing was", async () => {
    await inventory.saveRun(aRun());
    const { mark, changed } = await inventory.runChanges(null);
    expect(changed.size).toBe(0);
    expect(await inventory.runChanges(mark)).toEqual({ mark, changed: new Map() });
    query("update runs set owner_pid = 0, owner_boot_id = 'another boot'");
    const since = await inventory.runChanges(mark);
    expect([...since.changed]).toEqual([["run-1", { run: aRun(), owner: "dead" }]]);
    expect(await inventory.runChanges(since.mark)).toEqual({ mark: since.mark, changed: new Map() });
  });

  it("names what was removed", async () => {
    await inventory.saveRun(aRun({ status: { state: "done", endedAt: later } }));
    const { mark } = await inventory.runChanges(null);
    await inventory.removeDevice(serial);
    expect((await inventory.runChanges(mark)).changed).toEqual(new Map([["run-1", null]]));
  });
});

it("more runs of one device than a statement can name are shown, and removed", async () => {
  await inventory.registerDevice(aDevice());
  await inventory.saveRun(aRun({ status: { state: "done", endedAt: later } }));
  const names = query("select * from pragma_table_info('runs')").map(({ name }) => String(name));
  const others = names.filter((name) => name !== "id").join(", ");
  query(`insert into runs (id, ${others})
    with recursive numbers (number) as (select 1 union all select number + 1 from numbers where number < 40000)
    select 'many-' || number, ${others} from runs, numbers`);
  expect(await inventory.runsOf(serial)).toHaveLength(40_001);
  expect(await inventory.removeDevice(serial)).toHaveLength(40_001);
  expect(query("select count(*) as kept from runs")).toEqual([{ kept: 0 }]);
});

it("what is asked for by state or device is found by an index", async () => {
  const plan = (where: string) =>
    query(`explain query plan select * from runs where ${where}`).map(({ detail }) => detail);
  expect(plan("state = 'running'")).toEqual([expect.stringContaining("USING INDEX runs_by_state")]);
  expect(plan("serial in ('a', 'b')")).toEqual([expect.stringContaining("USING INDEX runs_by_serial")]);
});

describe("removing a device", () => {
  beforeEach(() => inventory.registerDevice(aDevice()));
  const rows = (table: string) => query(`select * from ${table}`).length;

  it("takes all that is kept of its runs along, and nothing of another device", async () => {
    const other = "FLOPPY-RPI-00002";
    await inventory.registerDevice(aDevice({ serial: other }));
    const status = { state: "done", endedAt: later } as const;
    for (const run of [aRun({ status }), { ...aRun({ status }), id: "run-2", serial: other }]) {
      await inventory.saveRun(run);
      await inventory.appendLog(run.id, [{ at, phase: null, level: "info", text: run.serial }]);
    }
    const before = ["runs", "phases", "events", "log_lines", "devices"].map(rows);
    expect(await inventory.removeDevice(serial)).toEqual([aRun().id]);
    expect(["runs", "phases", "events", "log_lines", "devices"].map(rows)).toEqual(before.map((n) => n / 2));
    expect(await inventory.device(serial)).toBeNull();
    expect((await inventory.log("run-2")).map(({ text }) => text)).toEqual([other]);
  });

  it("is refused while a run of it is under way, and nothing is lost", async () => {
    await inventory.saveRun(aRun());
    await expect(inventory.removeDevice(serial)).rejects.toMatchObject({ code: "DEVICE_BUSY" });
    expect(await inventory.runsOf(serial)).toHaveLength(1);
    query(`update runs set owner_pid = 0, owner_boot_id = 'another boot'`);
    expect(await inventory.removeDevice(serial)).toHaveLength(1);
  });

  it("that is not there is told", async () => {
    const removing = inventory.removeDevice("FLOPPY-RPI-00077");
    await expect(removing).rejects.toMatchObject({ code: "DEVICE_UNKNOWN" });
  });
});

describe("runs", () => {
  beforeEach(() => inventory.registerDevice(aDevice()));

  const ended = { startedAt: at, endedAt: later };
  const runs: Record<string, Run> = {
    running: aRun(),
    "of a batch": { ...aRun(), batch: { id: "batch-1", serials: [serial, "FLOPPY-RPI-00002"] } },
    "without an image or progress yet": aRun({
      image: null,
      imageChoice: { kind: "build" },
      write: { state: "running", startedAt: at, progress: null },
    }),
    failed: aRun({
      write: { state: "failed", ...ended, error: failure },
      status: { state: "failed", phase: "write", endedAt: later, error: failure },
    }),
    cancelled: aRun({
      write: { state: "cancelled", ...ended },
      status: { state: "cancelled", phase: "write", endedAt: later },
    }),
    interrupted: aRun({ status: { state: "interrupted", phase: "write" } }),
    done: aRun({ status: { state: "done", endedAt: later } }),
    dismissed: aRun({ status: { state: "dismissed", endedAt: later } }),
  };

  it.each(Object.entries(runs))("that are %s come back as they were", async (_state, run) => {
    await inventory.saveRun(run);
    await reopen();
    expect(await inventory.run(run.id)).toEqual(run);
  });

  it("show their last state after many saves, and journal each change once", async () => {
    await inventory.saveRun(aRun());
    for (let position = 1; position <= 20; position++) {
      await inventory.saveRun(aRun({ write: writing(position) }));
    }
    const done = { state: "done", ...ended, summary: "25 MB/s" } as const;
    await inventory.saveRun(aRun({ write: done, status: { state: "done", endedAt: later } }));
    expect((await inventory.run("run-1"))?.phases[1]?.status).toEqual(done);
    expect(query("select kind from events order by id").map(({ kind }) => kind)).toEqual([
      "phase.done",
      "phase.running",
      "run.running",
      "phase.done",
      "run.done",
    ]);
  });

  it("are saved whole or not at all", async () => {
    await inventory.saveRun(aRun());
    query("alter table events rename to elsewhere");
    await expect(inventory.saveRun(aRun({ status: { state: "done", endedAt: later } }))).rejects.toThrow();
    expect(query("select state from runs")).toEqual([{ state: "running" }]);
  });

  it("are open until they are done or dismissed", async () => {
    const started = (minute: number) => `2026-03-02T09:0${minute}:00.000Z`;
    for (const [minute, [id, run]] of Object.entries(runs).entries()) {
      await inventory.saveRun({ ...run, id, startedAt: started(minute) });
    }
    const open = await inventory.openRuns();
    expect(open.map(({ run }) => run.id)).toEqual(Object.keys(runs).slice(0, 6).reverse());
    expect(open.every(({ owner }) => owner === "this")).toBe(true);
  });

  it("that are open are found by an index, not among all that ever were", () => {
    const states = openStates.map((state) => `'${state}'`).join(", ");
    const plan = query(`explain query plan select * from runs where state in (${states})`);
    expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining("USING INDEX runs_by_state")]);
  });

  it("that are open are asked for one by one, too", async () => {
    await inventory.saveRun(aRun({ id: "run-open", status: { state: "paused", phase: "boot" } }));
    await inventory.saveRun(aRun({ id: "run-done", status: { state: "done", endedAt: at } }));
    expect(await inventory.openRun("run-open")).toMatchObject({ run: { id: "run-open" }, owner: "this" });
    expect(await inventory.openRun("run-done")).toBeNull();
    expect(await inventory.openRun("run-of-nobody")).toBeNull();
  });

  it("belong to a device, the newest first", async () => {
    await inventory.saveRun(aRun({ id: "old", startedAt: at }));
    await inventory.saveRun(aRun({ id: "new", startedAt: later }));
    expect((await inventory.runsOf(serial)).map(({ id }) => id)).toEqual(["new", "old"]);
    expect(await inventory.runsOf("FLOPPY-RPI-00002")).toEqual([]);
  });

  it("of a device that is not there are refused", async () => {
    await expect(inventory.saveRun(aRun({ serial: "FLOPPY-RPI-00002" }))).rejects.toThrow("FOREIGN KEY");
    expect(await inventory.run("run-1")).toBeNull();
  });

  it("can be saved at the same moment without getting in each other’s way", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `run-${index}`);
    await Promise.all(ids.map((id) => inventory.saveRun(aRun({ id }))));
    expect(await inventory.runsOf(serial)).toHaveLength(20);
  });
});

describe("the log of a run", () => {
  it("keeps thousands of lines in their order", async () => {
    await inventory.registerDevice(aDevice());
    await inventory.saveRun(aRun());
    const lines = Array.from(
      { length: 2500 },
      (_, index): LogLine => ({
        at,
        phase: index % 2 ? "write" : null,
        level: "info",
        text: `line ${index}`,
      }),
    );
    await inventory.appendLog("run-1", lines);
    await inventory.appendLog("run-1", []);
    expect(await inventory.log("run-1")).toEqual(lines);
    expect(await inventory.log("run-2")).toEqual([]);
  });
});

describe("inspections", () => {
  const basis = anInspection().basis ?? expect.fail("a record without a basis");

  it("hold for the same path and the very same basis alone", async () => {
    const found = anInspection();
    const { path } = found;
    await inventory.saveInspection(found);
    expect(await inventory.inspection(path, basis)).toEqual(found);
    expect(await inventory.inspection(path, { ...basis, files: "00".repeat(32) })).toBeNull();
    expect(await inventory.inspection(path, { ...basis, decoders: "others" })).toBeNull();
    expect(await inventory.inspection("/other", basis)).toBeNull();
  });

  it("are replaced when the file was inspected again, and made again when damaged or forgotten", async () => {
    await inventory.saveInspection(anInspection());
    const again = anInspection({ fileBytes: 5 });
    await inventory.saveInspection(again);
    expect(await inventory.inspection(again.path, basis)).toEqual(again);
    query("update inspections set inspection = '{}'");
    expect(await inventory.inspection(again.path, basis)).toBeNull();
    await inventory.saveInspection(again);
    await inventory.forgetInspection(again.path);
    expect(await inventory.inspection(again.path, basis)).toBeNull();
  });

  it("of a Floppy that kept no basis do not count, and are replaced", async () => {
    const { basis: _, ...old } = anInspection();
    await inventory.saveInspection(old);
    expect(await inventory.inspection(old.path, basis)).toBeNull();
    await inventory.saveInspection(anInspection());
    expect(await inventory.inspection(old.path, basis)).toEqual(anInspection());
  });
});

describe("a damaged entry", () => {
  beforeEach(async () => {
    await inventory.registerDevice(aDevice());
    await inventory.registerDevice(aDevice({ serial: "FLOPPY-RPI-00002" }));
    await inventory.saveRun(aRun({ id: "good" }));
    await inventory.saveRun(aRun({ id: "bad" }));
  });

  it("of a device is named when it is asked for, left out of the list and told once", async () => {
    query(`update devices set state = 'melted' where serial = '${serial}'`);
    for (let look = 0; look < 2; look++) {
      expect((await inventory.devices()).map((device) => device.serial)).toEqual(["FLOPPY-RPI-00002"]);
    }
    expect(damaged.map(({ message }) => message)).toEqual([expect.stringContaining(serial)]);
    const unreadable = { code: "INVENTORY_UNREADABLE", message: expect.stringContaining(serial) };
    await expect(inventory.device(serial)).rejects.toMatchObject(unreadable);
  });

  it("of a device is not replaced by registering the device again", async () => {
    query(`update devices set state = 'melted' where serial = '${serial}'`);
    await expect(inventory.registerDevice(aDevice())).rejects.toMatchObject({ code: "INVENTORY_UNREADABLE" });
    expect(query(`select state from devices where serial = '${serial}'`)).toEqual([{ state: "melted" }]);
  });

  it.each([
    ["no JSON", "update runs set drive = '{\"key\":' where id = 'bad'"],
    ["of the wrong shape", "update runs set image_choice = '{}' where id = 'bad'"],
    ["missing a time", "update phases set started_at = null where run_id = 'bad' and name = 'write'"],
  ])("of a run that is %s leaves the other runs usable", async (_what, sql) => {
    query(sql);
    expect((await inventory.openRuns()).map(({ run }) => run.id)).toEqual(["good"]);
    expect((await inventory.runsOf(serial)).map(({ id }) => id)).toEqual(["good"]);
    const unreadable = { code: "INVENTORY_UNREADABLE", message: expect.stringContaining("run bad") };
    await expect(inventory.run("bad")).rejects.toMatchObject(unreadable);
  });
});

describe("watching", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  it("tells of others’ changes, not of its own, until it is stopped", async () => {
    const listener = vi.fn();
    const stop = inventory.watch(listener);
    await inventory.registerDevice(aDevice());
    vi.advanceTimersByTime(500);
    expect(listener).toHaveBeenCalledTimes(0);

    query("update devices set hostname = 'changed'");
    vi.advanceTimersByTime(500);
    expect(listener).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(5000);
    expect(listener).toHaveBeenCalledTimes(1);

    stop();
    query("update devices set hostname = 'changed again'");
    vi.advanceTimersByTime(5000);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it("ends when the inventory is closed", async () => {
    inventory.watch(() => undefined);
    await inventory.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

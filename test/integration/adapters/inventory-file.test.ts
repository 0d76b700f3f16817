import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openInventory } from "#adapters/inventory/inventory.ts";
import { aDevice, aRun, at, writing } from "../../support/inventory/records.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-inventory-"));
  file = join(folder, "inventory.sqlite");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function filled(): Promise<void> {
  const inventory = await openInventory({ file });
  await inventory.registerDevice(aDevice());
  await inventory.saveRun(aRun());
  await inventory.close();
}

async function expectUnreadable(): Promise<void> {
  const before = await readFile(file);
  await expect(openInventory({ file })).rejects.toMatchObject({
    code: "INVENTORY_UNREADABLE",
    hint: expect.stringContaining("leaves the file as it is"),
  });
  expect((await readFile(file)).equals(before)).toBe(true);
}

describe("a file that is no usable inventory is refused and never changed", () => {
  it("when it is no database", async () => {
    await writeFile(file, "This is a letter to a friend, not a database.\n".repeat(100));
    await expectUnreadable();
  });

  it("when it is the database of another program", async () => {
    const database = new DatabaseSync(file);
    database.exec("create table songs (title text)");
    database.close();
    await expectUnreadable();
    expect(await readdir(folder)).toEqual(["inventory.sqlite"]);
  });

  it("when a newer Floppy wrote it", async () => {
    await filled();
    const database = new DatabaseSync(file);
    database.exec("insert into kysely_migration values ('999-future', '2030-01-01T00:00:00.000Z')");
    database.close();
    await expectUnreadable();
    await expect(openInventory({ file })).rejects.toThrow("newer Floppy");
  });

  it("when its first page is overwritten", async () => {
    await filled();
    const handle = await open(file, "r+");
    await handle.write(Buffer.alloc(2048, 0xa5), 0, 2048, 100);
    await handle.close();
    await expectUnreadable();
  });

  it("when its folder is not there", async () => {
    const missing = openInventory({ file: join(folder, "nowhere", "inventory.sqlite") });
    await expect(missing).rejects.toMatchObject({ code: "INVENTORY_UNREADABLE" });
  });
});

it("a page damaged in the middle is an error of what lies on it, not a crash", async () => {
  await filled();
  const database = new DatabaseSync(file);
  const [page] = database.prepare("select rootpage from sqlite_schema where name = 'runs'").all();
  const [size] = database.prepare("pragma page_size").all();
  database.close();
  const handle = await open(file, "r+");
  const pageBytes = Number(size?.page_size);
  await handle.write(Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, (Number(page?.rootpage) - 1) * pageBytes);
  await handle.close();
  const inventory = await openInventory({ file });
  try {
    await expect(inventory.openRuns()).rejects.toMatchObject({ code: "INVENTORY_UNREADABLE" });
    expect(await inventory.devices()).toEqual([aDevice()]);
  } finally {
    await inventory.close();
  }
});

it("an inventory copied while it is closed is a whole backup", async () => {
  await filled();
  const copy = join(folder, "copy.sqlite");
  await copyFile(file, copy);
  const inventory = await openInventory({ file: copy });
  expect(await inventory.run("run-1")).toEqual(aRun());
  await inventory.close();
});

describe("on a disk that is full", () => {
  let disk: string;

  beforeEach(async () => {
    disk = join(folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=400k", "floppy-test", disk]);
  });

  afterEach(() => execFileSync("umount", ["--lazy", disk]));

  it("saving says so, and what was saved before is still there", async () => {
    const inventory = await openInventory({ file: join(disk, "inventory.sqlite") });
    try {
      await inventory.registerDevice(aDevice());
      await inventory.saveRun(aRun());
      let saved = 0;
      const fill = async () => {
        for (let position = 1; position <= 1000; position++) {
          await inventory.saveRun(aRun({ write: writing(position) }));
          saved = position;
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(await inventory.run("run-1")).toEqual(aRun({ write: writing(saved) }));
      const line = { at, phase: null, level: "info", text: "x".repeat(100_000) } as const;
      await expect(inventory.appendLog("run-1", [line])).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(await inventory.devices()).toEqual([aDevice()]);
    } finally {
      await inventory.close();
    }
  });
});

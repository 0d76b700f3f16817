import { describe, expect, it } from "vitest";
import { isBusy, toInventoryError } from "#adapters/inventory/sqlite-errors.ts";

const sqliteError = (errcode: number) => Object.assign(new Error("from SQLite"), { errcode });

describe("a result code of SQLite", () => {
  it.each([
    ["BUSY", 5, "INVENTORY_LOCKED"],
    ["BUSY_SNAPSHOT", 517, "INVENTORY_LOCKED"],
    ["LOCKED", 6, "INVENTORY_LOCKED"],
    ["FULL", 13, "DISK_FULL"],
    ["IOERR_SHMSIZE", 4874, "DISK_FULL"],
    ["IOERR_READ", 266, "INVENTORY_UNREADABLE"],
    ["CORRUPT", 11, "INVENTORY_UNREADABLE"],
    ["NOTADB", 26, "INVENTORY_UNREADABLE"],
    ["CANTOPEN", 14, "INVENTORY_UNREADABLE"],
    ["READONLY", 8, "INVENTORY_UNREADABLE"],
    ["ERROR, as a table that is missing", 1, "INVENTORY_UNREADABLE"],
    ["NOMEM", 7, "COMPUTER_FAILED"],
  ])("%s is %i and becomes %s", (_name, errcode, code) => {
    expect(toInventoryError(sqliteError(errcode), "/data/inventory.sqlite")).toMatchObject({ code });
  });

  it.each([
    ["PROTOCOL", 15],
    ["IOERR_LOCK", 3850],
    ["IOERR_RDLOCK", 2314],
    ["IOERR_UNLOCK", 2058],
    ["IOERR_CHECKRESERVEDLOCK", 3594],
    ["IOERR_SHMOPEN", 4618],
    ["IOERR_SHMLOCK", 5130],
    ["IOERR_SHMMAP", 5386],
  ])("%s of a server's folder says that it does not lock files, and how to go on", (_name, errcode) => {
    expect(toInventoryError(sqliteError(errcode), "/data/inventory.sqlite")).toMatchObject({
      code: "INVENTORY_UNREADABLE",
      message: expect.stringContaining("does not lock files"),
      hint: expect.stringContaining("FLOPPY_DATA"),
    });
  });

  it.each([
    ["READONLY", 8],
    ["READONLY_DIRECTORY", 1544],
    ["CANTOPEN", 14],
  ])("%s asks to make the folder writable, and not to move a sound file away", (_name, errcode) => {
    const error = toInventoryError(sqliteError(errcode), "/data/inventory.sqlite");
    expect(error).toMatchObject({ hint: expect.stringContaining("folder writable") });
    expect(error).not.toMatchObject({ hint: expect.stringContaining("aside") });
  });

  it("that is a fault of ours stays what it is", () => {
    const constraint = sqliteError(787);
    expect(toInventoryError(constraint, "/data/inventory.sqlite")).toBe(constraint);
  });

  it("tells a lock from everything else", () => {
    expect([5, 517, 6, 262].map((code) => isBusy(sqliteError(code)))).toEqual([true, true, true, true]);
    expect([11, 13, 787].map((code) => isBusy(sqliteError(code)))).toEqual([false, false, false]);
    expect(isBusy(new Error("not from SQLite"))).toBe(false);
  });
});

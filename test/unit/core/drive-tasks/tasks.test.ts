import { describe, expect, it, vi } from "vitest";
import type { DriveTask } from "#contract/drive-tasks.ts";
import { FloppyError } from "#contract/errors.ts";
import { createFloppy } from "#core/floppy.ts";
import type { Ports } from "#core/ports/ports.ts";
import { endlessWriter, fakeDrive, fakePorts, obedientWriter } from "../../../support/fake-ports.ts";

async function open(change: Partial<Ports> = {}) {
  const ports = fakePorts(change);
  const floppy = await createFloppy(ports);
  let tasks: DriveTask[] = [];
  floppy.subscribe(({ event, payload }) => {
    if (event === "driveTasks") tasks = payload;
  });
  const { key } = fakeDrive();
  return {
    ports,
    floppy,
    key,
    tasks: () => tasks,
    ended: () => vi.waitUntil(() => tasks.find(({ status }) => status.state !== "running")),
    quickTest: () => floppy.handlers["drives.test"]({ driveKey: key, mode: "quick", eraseConfirmed: null }),
  };
}

const failing = (error: FloppyError) => ({ ...obedientWriter, test: () => Promise.reject(error) });

describe("a drive's task", () => {
  it("tells that it runs, then what it found", async () => {
    const { quickTest, ended, floppy, key } = await open();
    expect((await quickTest()).drive.key).toBe(key);
    await expect(ended()).resolves.toMatchObject({
      status: { state: "done", result: { kind: "test", report: { mode: "quick" } } },
    });
    expect((await floppy.handlers["app.state"]({})).driveTasks).toHaveLength(1);
  });

  it("that fails keeps its error, and is put aside by hand or by the next one", async () => {
    const error = new FloppyError("DRIVE_FAKE", "It holds 8 GB.", "Throw it away.");
    const { quickTest, ended, floppy, ports, tasks } = await open({ writer: failing(error) });
    await quickTest();
    const task = await ended();
    expect(task).toMatchObject({ status: { state: "failed", error: { code: "DRIVE_FAKE" } } });
    ports.writer = obedientWriter;
    await quickTest();
    expect(tasks()).toHaveLength(1);
    await expect(floppy.handlers["drives.dismissTask"]({ taskId: task.id })).rejects.toMatchObject({
      code: "TASK_STATE",
    });
    await floppy.handlers["drives.dismissTask"]({ taskId: (await ended()).id });
    expect(tasks()).toEqual([]);
  });

  it("replaces a file only where that very file was agreed to", async () => {
    const { floppy, key, tasks, ended } = await open();
    const save = (replaceConfirmed: string | null) =>
      floppy.handlers["drives.save"]({ driveKey: key, path: "/images/a.img", part: "all", replaceConfirmed });
    await expect(save("/images/b.img")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(save("")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(tasks()).toEqual([]);
    expect(await save("/images/a.img")).toMatchObject({ request: { replace: true } });
    await ended();
    expect(await save(null)).toMatchObject({ request: { replace: false } });
  });

  it("keeps runs and other tasks off its drive until it is over", async () => {
    const writer = endlessWriter();
    const { quickTest, floppy, key, ended, ports } = await open({ writer });
    const { id } = await quickTest();
    await writer.begun;
    await expect(quickTest()).rejects.toMatchObject({ code: "DRIVE_BUSY" });
    await expect(
      floppy.handlers["runs.start"]({
        serial: "FLOPPY-RPI-00001",
        role: "robot",
        image: { kind: "build" },
        driveKey: key,
        eraseConfirmed: key,
      }),
    ).rejects.toMatchObject({ code: "DRIVE_BUSY" });
    await expect(floppy.handlers["drives.removePractice"]({ driveKey: key })).rejects.toMatchObject({
      code: "DRIVE_BUSY",
    });
    expect(floppy.busy()).toBe(true);
    await floppy.handlers["drives.cancelTask"]({ taskId: id });
    await expect(ended()).resolves.toMatchObject({ status: { state: "cancelled" } });
    expect(floppy.busy()).toBe(false);
    ports.writer = obedientWriter;
    await expect(quickTest()).resolves.toBeDefined();
  });

  it("may not be cancelled once it is over", async () => {
    const { quickTest, ended, floppy } = await open();
    const { id } = await quickTest();
    await ended();
    await expect(floppy.handlers["drives.cancelTask"]({ taskId: id })).rejects.toMatchObject({
      code: "TASK_STATE",
    });
  });

  it("ends when Floppy closes", async () => {
    const writer = endlessWriter();
    const { quickTest, floppy, tasks } = await open({ writer });
    await quickTest();
    await writer.begun;
    await floppy.close();
    expect(tasks()).toMatchObject([{ status: { state: "cancelled" } }]);
  });
});

describe("what erases a drive", () => {
  it.each([null, "another-drive"])("is not begun where %s was agreed to", async (eraseConfirmed) => {
    const { floppy, key, tasks } = await open();
    const full = floppy.handlers["drives.test"]({ driveKey: key, mode: "full", eraseConfirmed });
    await expect(full).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const restore = floppy.handlers["drives.restore"]({
      driveKey: key,
      label: "FLOPPY",
      eraseConfirmed: String(eraseConfirmed),
    });
    await expect(restore).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(tasks()).toEqual([]);
  });

  it("is not begun on a drive that is locked, which may be saved all the same", async () => {
    const { floppy, key, ports, ended } = await open();
    ports.plugged = [fakeDrive({ readOnly: true })];
    const restore = { driveKey: key, label: "FLOPPY", eraseConfirmed: key };
    await expect(floppy.handlers["drives.restore"](restore)).rejects.toMatchObject({
      code: "DRIVE_READ_ONLY",
    });
    const save = { driveKey: key, path: "/images/card.img", part: "all" as const, replaceConfirmed: null };
    await floppy.handlers["drives.save"](save);
    await expect(ended()).resolves.toMatchObject({ status: { result: { kind: "save" } } });
  });
});

import { describe, expect, it } from "vitest";
import type { ErrorCode } from "#contract/errors.ts";
import type { RunRequest } from "#contract/runs.ts";
import { endlessWriter, fakeDrive, fakePorts } from "../../../support/fake-ports.ts";
import { foreignRun, openRecording, refusal, request } from "../../../support/runs.ts";

describe("starting a run", () => {
  it.each<[string, Partial<RunRequest>, ErrorCode]>([
    ["a serial of unknown form", { serial: "RPI-1" }, "SERIAL_INVALID"],
    ["a prefix that no host has", { serial: "FLOPPY-XXX-00001" }, "SERIAL_INVALID"],
    ["a role that does not exist", { role: "gardener" }, "ROLE_UNKNOWN"],
    ["a role that the host cannot take", { serial: "FLOPPY-DEL-00001" }, "ROLE_UNSUITED"],
    ["a drive that is not there", { driveKey: "gone", eraseConfirmed: "gone" }, "DRIVE_GONE"],
    ["an erasure that was confirmed for another drive", { eraseConfirmed: "usb-card-2" }, "INVALID_INPUT"],
  ])("refuses %s", async (_case, change, code) => {
    const ports = fakePorts();
    const { floppy } = await openRecording(ports);
    await expect(floppy.handlers["runs.start"]({ ...request, ...change })).rejects.toEqual(refusal(code));
    expect(ports.inventory.journal).toEqual([]);
  });

  it("refuses a read-only drive", async () => {
    const ports = fakePorts();
    ports.plugged = [fakeDrive({ readOnly: true })];
    const { floppy } = await openRecording(ports);
    await expect(floppy.handlers["runs.start"](request)).rejects.toEqual(refusal("DRIVE_READ_ONLY"));
  });

  it("refuses a second run of the same device, and a second run on the same drive", async () => {
    const writer = endlessWriter();
    const ports = fakePorts({ writer });
    const { floppy } = await openRecording(ports);
    await floppy.handlers["runs.start"](request);
    await writer.begun;
    await expect(floppy.handlers["runs.start"](request)).rejects.toEqual(refusal("DEVICE_BUSY"));
    const other = { ...request, serial: "FLOPPY-RPI-00002" };
    await expect(floppy.handlers["runs.start"](other)).rejects.toEqual(refusal("DRIVE_BUSY"));
    await floppy.close();
  });

  it("refuses a device that another Floppy on this machine is working on", async () => {
    const ports = fakePorts();
    const foreign = await foreignRun(ports);
    ports.inventory.owners.set(foreign.id, "other");
    const { floppy } = await openRecording(ports);
    await expect(floppy.handlers["runs.start"](request)).rejects.toEqual(refusal("DEVICE_BUSY"));
  });

  it("leaves alone the drive that another Floppy on this machine is working on", async () => {
    const ports = fakePorts();
    const foreign = await foreignRun(ports);
    ports.inventory.owners.set(foreign.id, "other");
    const { floppy } = await openRecording(ports);
    const { driveKey } = request;
    const another = { ...request, serial: "FLOPPY-RPI-00002" };
    await expect(floppy.handlers["runs.start"](another)).rejects.toEqual(refusal("DRIVE_BUSY"));
    const removed = floppy.handlers["drives.removePractice"]({ driveKey });
    await expect(removed).rejects.toEqual(refusal("DRIVE_BUSY"));
    const observe = { progress: () => undefined, log: () => undefined, agree: async () => undefined };
    const flashed = floppy.flashImage(
      { path: "/images/card.img", driveKey },
      observe,
      new AbortController().signal,
    );
    await expect(flashed).rejects.toEqual(refusal("DRIVE_BUSY"));
  });

  it("is under way when it was started, though former runs could not be put aside", async () => {
    const ports = fakePorts();
    const { openRuns } = ports.inventory;
    let locked = false;
    ports.inventory.openRuns = () => (locked ? Promise.reject(new Error("locked")) : openRuns());
    const { floppy, reached } = await openRecording(ports);
    locked = true;
    const done = reached("done");
    const { id } = await floppy.handlers["runs.start"](request);
    await expect(done).resolves.toMatchObject({ id });
  });

  it("does not put itself aside when it fails at once", async () => {
    const ports = fakePorts();
    ports.nix.build = () => Promise.reject(new Error("no"));
    const { openRuns } = ports.inventory;
    let failed: Promise<unknown> = Promise.resolve();
    ports.inventory.openRuns = () => failed.then(openRuns);
    const { floppy, reached } = await openRecording(ports);
    failed = reached("failed");
    const { id } = await floppy.handlers["runs.start"](request);
    const { runs } = await floppy.handlers["app.state"]({});
    expect(runs).toMatchObject([{ id, status: { state: "failed" } }]);
  });

  it("does not begin while Floppy closes", async () => {
    const ports = fakePorts();
    const { floppy } = await openRecording(ports);
    const { list } = ports.drives;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    ports.drives.list = () => closed.then(list);
    const starting = floppy.handlers["runs.start"](request);
    await floppy.close();
    resolve();
    await expect(starting).rejects.toEqual(refusal("CANCELLED"));
    expect(ports.inventory.journal).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { type RunRequest, runKinds } from "#contract/runs.ts";
import { defaultSettings } from "#contract/settings.ts";
import {
  fakeDrive,
  fakeInspection,
  fakePorts,
  freshRun,
  obedientWriter,
} from "../../../support/fake-ports.ts";
import { openRecording, refusal, request } from "../../../support/runs.ts";

const practiceDrive = fakeDrive({ key: "practice:1", name: "Practice drive 1", kind: "practice" });
const practise: RunRequest = {
  ...request,
  image: { kind: "practice" },
  driveKey: "practice:1",
  eraseConfirmed: "practice:1",
};

/** A world that reads an image to practise with, whichever it reads. */
function practicePorts() {
  const inspect = async (path: string) => fakeInspection({ path, practice: true });
  const ports = fakePorts({ writer: { ...obedientWriter, inspect } });
  ports.plugged = [fakeDrive(), practiceDrive];
  return ports;
}

describe("a run with the practice image", () => {
  it("makes a practice card, of a device that stays one for practice", async () => {
    const ports = practicePorts();
    const { floppy, reached } = await openRecording(ports);
    const done = reached("done");
    await floppy.handlers["runs.start"](practise);
    const run = await done;
    expect(run.image).toMatchObject({ path: "/practice/card.img", provenance: { source: "practice" } });
    await expect(ports.inventory.device(request.serial)).resolves.toMatchObject({
      practice: true,
      status: { state: "flashed" },
    });
  });

  it("ends with the stick, where a real one would wait for its machine", async () => {
    const ports = practicePorts();
    const { floppy, reached } = await openRecording(ports);
    const done = reached("done");
    await floppy.handlers["runs.start"]({ ...practise, serial: "FLOPPY-DEL-00001", role: "dev" });
    const run = await done;
    expect(run).toMatchObject({
      kind: "medium",
      medium: "stick",
      image: { path: "/practice/stick.img" },
    });
    expect(run.phases.map(({ name }) => name)).toEqual(["image", "write", "verify"]);
    await expect(ports.inventory.device(run.serial)).resolves.toMatchObject({
      practice: true,
      status: { state: "flashed" },
    });
  });

  it("says nothing of keys that nobody will ever use", async () => {
    const ports = practicePorts();
    ports.stored = { ...defaultSettings, authorizedKeys: [] };
    const { floppy, reached } = await openRecording(ports);
    const done = reached("done");
    await floppy.handlers["runs.start"](practise);
    const { id } = await done;
    expect((await ports.inventory.log(id)).filter(({ level }) => level === "warning")).toEqual([]);
  });
});

describe("a real drive", () => {
  it("is refused to the practice image, before anything is registered", async () => {
    const ports = practicePorts();
    const { floppy } = await openRecording(ports);
    const start = floppy.handlers["runs.start"]({ ...request, image: { kind: "practice" } });
    await expect(start).rejects.toMatchObject({
      code: "IMAGE_FOR_PRACTICE",
      message: "SanDisk Ultra: The practice image goes to practice drives alone.",
      hint: expect.stringContaining("Nothing was written."),
    });
    expect(ports.inventory.journal).toEqual([]);
    await expect(ports.inventory.devices()).resolves.toEqual([]);
  });

  it("is refused in a batch, of which nothing begins", async () => {
    const ports = practicePorts();
    const { floppy } = await openRecording(ports);
    const member = (serial: string, key: string) => ({ serial, driveKey: key, eraseConfirmed: key });
    const members = [member("FLOPPY-RPI-00001", "practice:1"), member("FLOPPY-RPI-00002", "usb-card-1")];
    const batch = floppy.handlers["runs.startBatch"]({ role: "robot", image: { kind: "practice" }, members });
    await expect(batch).rejects.toEqual(refusal("IMAGE_FOR_PRACTICE"));
    expect(ports.inventory.journal).toEqual([]);
  });

  it("is refused to a run that began on a practice drive and goes on", async () => {
    const ports = practicePorts();
    await ports.inventory.saveRun({
      ...freshRun,
      imageChoice: { kind: "practice" },
      drive: practiceDrive,
      phases: runKinds.medium.map((name) => ({ name, status: { state: "waiting" } })),
      status: { state: "interrupted", phase: "write" },
    });
    const { floppy } = await openRecording(ports);
    const resumed = floppy.handlers["runs.resume"]({
      runId: freshRun.id,
      driveKey: "usb-card-1",
      eraseConfirmed: "usb-card-1",
    });
    await expect(resumed).rejects.toEqual(refusal("IMAGE_FOR_PRACTICE"));
  });

  it.each([
    ["as a file of one's own", "file"],
    ["from a flake", "build"],
  ] as const)("is refused to its bytes, though they come %s", async (_, kind) => {
    const ports = practicePorts();
    const { floppy, reached } = await openRecording(ports);
    const failed = reached("failed");
    const image = kind === "file" ? { kind, path: "/home/tech/card.img" } : { kind };
    await floppy.handlers["runs.start"]({ ...request, image });
    expect((await failed).status).toMatchObject({ error: { code: "IMAGE_FOR_PRACTICE" } });
  });

  it("is refused to it without a device, too", async () => {
    const { floppy } = await openRecording(practicePorts());
    const observe = { progress: () => undefined, log: () => undefined, agree: async () => undefined };
    const flashed = floppy.flashImage(
      { path: "/home/tech/card.img", driveKey: "usb-card-1" },
      observe,
      new AbortController().signal,
    );
    await expect(flashed).rejects.toEqual(refusal("IMAGE_FOR_PRACTICE"));
  });
});

describe("what a drive carries", () => {
  const carried = {
    serial: "FLOPPY-RPI-00001",
    host: "raspberry",
    role: "robot",
    runId: "run-1",
    hostname: "floppy-rpi-00001",
    hostKey: "ssh-ed25519 AAAA floppy-rpi-00001",
  };

  it("is read from the drive that was named", async () => {
    const asked: string[] = [];
    const identity: (typeof obedientWriter)["identity"] = async ({ path }) => {
      asked.push(path);
      return carried;
    };
    const ports = fakePorts({ writer: { ...obedientWriter, identity } });
    const { floppy } = await openRecording(ports);
    await expect(floppy.handlers["drives.identity"]({ driveKey: "usb-card-1" })).resolves.toEqual(carried);
    expect(asked).toEqual(["/dev/sdz"]);
    const gone = floppy.handlers["drives.identity"]({ driveKey: "usb-card-2" });
    await expect(gone).rejects.toEqual(refusal("DRIVE_GONE"));
  });
});

import { describe, expect, it } from "vitest";
import type { EventPayload, Notification } from "#contract/api.ts";
import type { ErrorCode } from "#contract/errors.ts";
import { IDENTITY_PATH } from "#contract/identity.ts";
import type { Run, RunRequest } from "#contract/runs.ts";
import type { FlashJob } from "#contract/writer.ts";
import { createFloppy } from "#core/floppy.ts";
import { beginPhase } from "#core/runs/transitions.ts";
import {
  endlessWriter,
  type FakePorts,
  fakeDrive,
  fakeInspection,
  fakePorts,
  obedientWriter,
} from "../../../support/fake-ports.ts";

const request: RunRequest = {
  serial: "FLOPPY-RPI-00001",
  role: "robot",
  image: { kind: "build" },
  driveKey: "usb-card-1",
  eraseConfirmed: "usb-card-1",
};

/** An open Floppy that remembers what it told its doors. */
async function open(ports: FakePorts) {
  const floppy = await createFloppy(ports);
  const told: Notification[] = [];
  const waiting: { ready(run: Run): boolean; resolve(run: Run): void }[] = [];
  floppy.subscribe((notification) => {
    told.push(notification);
    if (notification.event !== "run") return;
    for (const wait of waiting) if (wait.ready(notification.payload)) wait.resolve(notification.payload);
  });
  const reached = (state: Run["status"]["state"]) =>
    new Promise<Run>((resolve) => waiting.push({ ready: (run) => run.status.state === state, resolve }));
  const payloads = <Name extends "run" | "device">(event: Name) =>
    told.filter((one) => one.event === event).map((one) => one.payload as EventPayload<Name>);
  return { floppy, reached, payloads };
}

const refusal = (code: ErrorCode) => expect.objectContaining({ code });

describe("a run", () => {
  it("goes through image, write and verify, and leaves the device flashed", async () => {
    const ports = fakePorts();
    const { floppy, reached } = await open(ports);
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    const run = await done;
    expect(run.phases.map(({ name, status }) => [name, status.state])).toEqual([
      ["image", "done"],
      ["write", "done"],
      ["verify", "done"],
    ]);
    await expect(ports.inventory.device(request.serial)).resolves.toMatchObject({
      role: "robot",
      status: { state: "flashed" },
      hostKey: "ssh-ed25519 PUBLIC floppy-rpi-00001",
      lastRunId: run.id,
    });
  });

  it("moves the device through building, writing, verifying and flashed", async () => {
    const { floppy, reached, payloads } = await open(fakePorts());
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    await done;
    await floppy.close();
    const states = payloads("device").map(({ status }) => status.state);
    expect([...new Set(states)]).toEqual(["registered", "building", "writing", "verifying", "flashed"]);
  });

  it("gives its drive free before it tells of its end", async () => {
    const ports = fakePorts();
    const { floppy } = await open(ports);
    const { promise: removed, resolve } = Promise.withResolvers<unknown>();
    floppy.subscribe((one) => {
      if (one.event !== "run" || one.payload.status.state !== "done") return;
      resolve(floppy.handlers["drives.removePractice"]({ driveKey: request.driveKey }));
    });
    await floppy.handlers["runs.start"](request);
    await expect(removed).resolves.toEqual({});
  });

  it("journals every state before it shows it", async () => {
    const ports = fakePorts();
    const { floppy, reached } = await open(ports);
    const unjournaled: Run[] = [];
    floppy.subscribe((one) => {
      if (one.event === "run" && !ports.inventory.journal.includes(one.payload))
        unjournaled.push(one.payload);
    });
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    await done;
    expect(unjournaled).toEqual([]);
  });

  it("goes on when a door fails over what it is told, and tells the others", async () => {
    const floppy = await createFloppy(fakePorts());
    floppy.subscribe(() => {
      throw new Error("the window is gone");
    });
    const { promise: done, resolve } = Promise.withResolvers<void>();
    floppy.subscribe((one) => one.event === "run" && one.payload.status.state === "done" && resolve());
    await floppy.handlers["runs.start"](request);
    await done;
  });

  it("does not lose a verified card to a journal that was locked for a moment meanwhile", async () => {
    const ports = fakePorts();
    const { saveRun } = ports.inventory;
    let refusals = 0;
    ports.inventory.saveRun = (run) => {
      const verifying = run.status.state === "running" && run.status.phase === "verify";
      if (!verifying) return saveRun(run);
      refusals += 1;
      return Promise.reject(new Error("locked"));
    };
    const { floppy, reached } = await open(ports);
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    await expect(done).resolves.toMatchObject({ phases: [{}, { status: { summary: "64 MiB" } }, {}] });
    expect(refusals).toBeGreaterThan(0);
  });

  it("gives the card its identity, without which it would be nobody", async () => {
    let job: FlashJob | undefined;
    const ports = fakePorts({
      writer: {
        ...obedientWriter,
        flash(asked, ...rest) {
          job = asked;
          return obedientWriter.flash(asked, ...rest);
        },
      },
    });
    const { floppy, reached } = await open(ports);
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    const run = await done;
    const identity = job?.files.find(({ path }) => path === IDENTITY_PATH);
    expect(JSON.parse(identity?.content ?? "")).toEqual({
      version: 1,
      serial: "FLOPPY-RPI-00001",
      host: "raspberry",
      role: "robot",
      runId: run.id,
      hostname: "floppy-rpi-00001",
      authorizedKeys: ["ssh-ed25519 AAAA admin"],
      wifi: null,
    });
    expect(job?.files.map(({ content }) => content)).toContain("PRIVATE");
  });

  it("fails with nix’s reason when the image cannot be built, and writes nothing", async () => {
    const ports = fakePorts();
    ports.nix.build = () => Promise.reject(new Error("derivation failed"));
    let wrote = false;
    ports.writer = {
      ...obedientWriter,
      flash(...all) {
        wrote = true;
        return obedientWriter.flash(...all);
      },
    };
    const { floppy, reached } = await open(ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](request);
    await expect(failed).resolves.toMatchObject({
      status: { phase: "image", error: { message: /derivation failed/ } },
    });
    await floppy.close();
    expect(wrote).toBe(false);
    await expect(ports.inventory.device(request.serial)).resolves.toMatchObject({
      status: { state: "failed" },
    });
  });

  it.each<[string, Parameters<typeof fakeInspection>[0], ErrorCode]>([
    ["an image that the drive cannot hold", { sizeBytes: 33e9 }, "IMAGE_TOO_LARGE"],
    ["an image that cannot carry an identity", { firmware: null }, "IMAGE_NOT_PERSONALISABLE"],
  ])("refuses %s before the first byte", async (_case, change, code) => {
    const ports = fakePorts();
    ports.writer = {
      inspect: async (path) => fakeInspection({ path, ...change }),
      flash: () => Promise.reject(new Error("the writer was started")),
    };
    const { floppy, reached } = await open(ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](request);
    await expect(failed).resolves.toMatchObject({ status: { error: { code } } });
  });

  it("notices that the drive vanished while the image was built", async () => {
    const ports = fakePorts();
    const build = ports.nix.build;
    ports.nix.build = (...all) => {
      ports.plugged = [];
      return build(...all);
    };
    const { floppy, reached } = await open(ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](request);
    await expect(failed).resolves.toMatchObject({
      status: { phase: "write", error: { code: "DRIVE_GONE" } },
    });
  });
});

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
    const { floppy } = await open(ports);
    await expect(floppy.handlers["runs.start"]({ ...request, ...change })).rejects.toEqual(refusal(code));
    expect(ports.inventory.journal).toEqual([]);
  });

  it("refuses a read-only drive", async () => {
    const ports = fakePorts();
    ports.plugged = [fakeDrive({ readOnly: true })];
    const { floppy } = await open(ports);
    await expect(floppy.handlers["runs.start"](request)).rejects.toEqual(refusal("DRIVE_READ_ONLY"));
  });

  it("refuses a second run of the same device, and a second run on the same drive", async () => {
    const writer = endlessWriter();
    const ports = fakePorts({ writer });
    const { floppy } = await open(ports);
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
    const { floppy } = await open(ports);
    await expect(floppy.handlers["runs.start"](request)).rejects.toEqual(refusal("DEVICE_BUSY"));
  });

  it("leaves alone the drive that another Floppy on this machine is working on", async () => {
    const ports = fakePorts();
    const foreign = await foreignRun(ports);
    ports.inventory.owners.set(foreign.id, "other");
    const { floppy } = await open(ports);
    const { driveKey } = request;
    const another = { ...request, serial: "FLOPPY-RPI-00002" };
    await expect(floppy.handlers["runs.start"](another)).rejects.toEqual(refusal("DRIVE_BUSY"));
    const removed = floppy.handlers["drives.removePractice"]({ driveKey });
    await expect(removed).rejects.toEqual(refusal("DRIVE_BUSY"));
    const observe = { progress: () => undefined, log: () => undefined };
    const flashed = floppy.flashImage(
      { path: "/images/card.img", driveKey },
      observe,
      new AbortController().signal,
    );
    await expect(flashed).rejects.toEqual(refusal("DRIVE_BUSY"));
  });
});

/** A run that was left in its image phase, as another process would leave it. */
async function foreignRun(ports: FakePorts): Promise<Run> {
  const endless = fakePorts({ writer: endlessWriter() });
  const floppy = await createFloppy(endless);
  const started = await floppy.handlers["runs.start"](request);
  const run = { ...beginPhase(started, "image", started.startedAt), id: "foreign-run" };
  await floppy.close();
  for (const device of await endless.inventory.devices()) await ports.inventory.registerDevice(device);
  await ports.inventory.saveRun(run);
  return run;
}

describe("ending a run early", () => {
  it("cancels it, and says that the medium is not complete", async () => {
    const writer = endlessWriter();
    const ports = fakePorts({ writer });
    const { floppy, reached } = await open(ports);
    const { id } = await floppy.handlers["runs.start"](request);
    await writer.begun;
    const ended = reached("cancelled");
    await floppy.handlers["runs.cancel"]({ runId: id });
    await expect(ended).resolves.toMatchObject({ status: { phase: "write" } });
    await expect(ports.inventory.device(request.serial)).resolves.toMatchObject({
      status: { state: "failed", error: { code: "CANCELLED" } },
    });
  });

  it("finds a run whose process died, and resumes it at the first phase that is not done", async () => {
    const ports = fakePorts();
    const run = await foreignRun(ports);
    ports.inventory.owners.set(run.id, "dead");
    const { floppy, reached } = await open(ports);
    const { runs } = await floppy.handlers["app.state"]({});
    expect(runs).toMatchObject([{ id: run.id, status: { state: "interrupted", phase: "image" } }]);
    const done = reached("done");
    const { driveKey, eraseConfirmed } = request;
    await floppy.handlers["runs.resume"]({ runId: run.id, driveKey, eraseConfirmed });
    await expect(done).resolves.toMatchObject({ id: run.id });
  });

  it("does not build again when only the writing failed", async () => {
    const ports = fakePorts();
    const build = ports.nix.build;
    let builds = 0;
    ports.nix.build = (...all) => {
      builds += 1;
      return build(...all);
    };
    let flash: typeof obedientWriter.flash = () => Promise.reject(new Error("the card came loose"));
    ports.writer = { ...obedientWriter, flash: (...all) => flash(...all) };
    const { floppy, reached } = await open(ports);
    const failed = reached("failed");
    const { id } = await floppy.handlers["runs.start"](request);
    await failed;
    flash = obedientWriter.flash;
    const done = reached("done");
    await floppy.handlers["runs.resume"]({ runId: id, driveKey: "usb-card-1", eraseConfirmed: "usb-card-1" });
    await done;
    expect(builds).toBe(1);
  });

  it("puts a run aside, and offers it no more", async () => {
    const ports = fakePorts();
    ports.nix.build = () => Promise.reject(new Error("no"));
    const { floppy, reached } = await open(ports);
    const failed = reached("failed");
    const { id } = await floppy.handlers["runs.start"](request);
    await failed;
    await floppy.handlers["runs.dismiss"]({ runId: id });
    await expect(floppy.handlers["app.state"]({})).resolves.toMatchObject({ runs: [] });
  });

  it("puts aside what came to nothing when the device is started anew", async () => {
    const ports = fakePorts();
    const { build } = ports.nix;
    ports.nix.build = () => Promise.reject(new Error("no"));
    const { floppy, reached } = await open(ports);
    const failed = reached("failed");
    const { id } = await floppy.handlers["runs.start"](request);
    await failed;
    await floppy.handlers["runs.show"]({ runId: id });
    ports.nix.build = build;
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    await done;
    await expect(ports.inventory.run(id)).resolves.toMatchObject({ status: { state: "dismissed" } });
  });

  it("offers a run as interrupted when its process died meanwhile, or its end could not be saved", async () => {
    const ports = fakePorts();
    const { floppy, reached } = await open(ports);
    const foreign = await foreignRun(ports);
    ports.inventory.owners.set(foreign.id, "dead");
    const interrupted = { runs: [{ id: foreign.id, status: { state: "interrupted" } }] };
    await expect(floppy.handlers["app.state"]({})).resolves.toMatchObject(interrupted);
    ports.inventory.owners.set(foreign.id, "this");
    await expect(floppy.handlers["app.state"]({})).resolves.toMatchObject(interrupted);
    const done = reached("done");
    const { driveKey, eraseConfirmed } = request;
    await floppy.handlers["runs.resume"]({ runId: foreign.id, driveKey, eraseConfirmed });
    await expect(done).resolves.toMatchObject({ id: foreign.id });
  });

  it("resumes a run once when two doors ask for it, and not again when it is done by then", async () => {
    const ports = fakePorts();
    const foreign = await foreignRun(ports);
    ports.inventory.owners.set(foreign.id, "dead");
    const { floppy, reached } = await open(ports);
    const { list } = ports.drives;
    const { promise: secondMayLook, resolve: letSecondLook } = Promise.withResolvers<void>();
    let looks = 0;
    ports.drives.list = async () => {
      looks += 1;
      if (looks === 2) await secondMayLook;
      return list();
    };
    const { driveKey, eraseConfirmed } = request;
    const resume = () => floppy.handlers["runs.resume"]({ runId: foreign.id, driveKey, eraseConfirmed });
    const done = reached("done");
    const first = resume();
    const second = resume();
    await first;
    await done;
    letSecondLook();
    await expect(second).rejects.toEqual(refusal("RUN_STATE"));
  });

  it("is under way when it was started, though former runs could not be put aside", async () => {
    const ports = fakePorts();
    const { openRuns } = ports.inventory;
    let locked = false;
    ports.inventory.openRuns = () => (locked ? Promise.reject(new Error("locked")) : openRuns());
    const { floppy, reached } = await open(ports);
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
    const { floppy, reached } = await open(ports);
    failed = reached("failed");
    const { id } = await floppy.handlers["runs.start"](request);
    const { runs } = await floppy.handlers["app.state"]({});
    expect(runs).toMatchObject([{ id, status: { state: "failed" } }]);
  });

  it("does not begin while Floppy closes", async () => {
    const ports = fakePorts();
    const { floppy } = await open(ports);
    const { list } = ports.drives;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    ports.drives.list = () => closed.then(list);
    const starting = floppy.handlers["runs.start"](request);
    await floppy.close();
    resolve();
    await expect(starting).rejects.toEqual(refusal("CANCELLED"));
    expect(ports.inventory.journal).toEqual([]);
  });

  it("cancels no run that is over, and resumes none that is done", async () => {
    const { floppy, reached } = await open(fakePorts());
    const done = reached("done");
    const { id } = await floppy.handlers["runs.start"](request);
    await done;
    await floppy.close();
    await expect(floppy.handlers["runs.cancel"]({ runId: id })).rejects.toEqual(refusal("RUN_STATE"));
    const resume = { runId: id, driveKey: "usb-card-1", eraseConfirmed: "usb-card-1" };
    await expect(floppy.handlers["runs.resume"](resume)).rejects.toEqual(refusal("RUN_STATE"));
  });
});

import { describe, expect, it } from "vitest";
import type { ErrorCode } from "#contract/errors.ts";
import { IDENTITY_PATH } from "#contract/identity.ts";
import type { Run } from "#contract/runs.ts";
import { createFloppy } from "#core/floppy.ts";
import type { FlashRequest } from "#core/ports/drives.ts";
import { fakeInspection, fakePorts, obedientWriter } from "../../../support/fake-ports.ts";
import { openRecording, request } from "../../../support/runs.ts";

describe("a run", () => {
  it("goes through image, write and verify, and leaves the device flashed", async () => {
    const ports = fakePorts();
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached, payloads } = await openRecording(fakePorts());
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    await done;
    await floppy.close();
    const states = payloads("device").map(({ status }) => status.state);
    expect([...new Set(states)]).toEqual(["registered", "building", "writing", "verifying", "flashed"]);
  });

  it("gives its drive free before it tells of its end", async () => {
    const ports = fakePorts();
    const { floppy } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
    const done = reached("done");
    await floppy.handlers["runs.start"](request);
    await expect(done).resolves.toMatchObject({ phases: [{}, { status: { summary: "64 MiB" } }, {}] });
    expect(refusals).toBeGreaterThan(0);
  });

  it("gives the card its identity, without which it would be nobody", async () => {
    let job: FlashRequest | undefined;
    const ports = fakePorts({
      writer: {
        ...obedientWriter,
        flash(asked, ...rest) {
          job = asked;
          return obedientWriter.flash(asked, ...rest);
        },
      },
    });
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
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
      ...obedientWriter,
      inspect: async (path) => fakeInspection({ path, ...change }),
      flash: () => Promise.reject(new Error("the writer was started")),
    };
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](request);
    await expect(failed).resolves.toMatchObject({
      status: { phase: "write", error: { code: "DRIVE_GONE" } },
    });
  });
});

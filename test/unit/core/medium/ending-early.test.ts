import { describe, expect, it } from "vitest";
import { cancelled } from "#contract/errors.ts";
import { endlessWriter, fakePorts, obedientWriter } from "../../../support/fake-ports.ts";
import { foreignRun, openRecording, refusal, request } from "../../../support/runs.ts";

describe("ending a run early", () => {
  it("cancels it, and says that the medium is not complete", async () => {
    const writer = endlessWriter();
    const ports = fakePorts({ writer });
    const { floppy, reached } = await openRecording(ports);
    const { id } = await floppy.handlers["runs.start"](request);
    await writer.begun;
    const ended = reached("cancelled");
    await floppy.handlers["runs.cancel"]({ runId: id });
    await expect(ended).resolves.toMatchObject({ status: { phase: "write" } });
    await expect(ports.inventory.device(request.serial)).resolves.toMatchObject({
      status: { state: "failed", error: { code: "CANCELLED" } },
    });
  });

  it("leaves a device as its last medium made it when it ends before it wrote", async () => {
    const ports = fakePorts();
    const { build } = ports.nix;
    let building: typeof build = build;
    ports.nix.build = (...all) => building(...all);
    const { floppy, reached } = await openRecording(ports);
    const done = reached("done");
    const flashed = await floppy.handlers["runs.start"](request);
    await done;
    building = (_request, _observe, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(cancelled("The build")));
      });
    const ended = reached("cancelled");
    const { id } = await floppy.handlers["runs.start"]({ ...request, role: "dev" });
    await floppy.handlers["runs.cancel"]({ runId: id });
    await ended;
    await expect(ports.inventory.device(request.serial)).resolves.toMatchObject({
      status: { state: "flashed" },
      role: "robot",
      lastRunId: flashed.id,
    });
  });

  it("finds a run whose process died, and resumes it at the first phase that is not done", async () => {
    const ports = fakePorts();
    const run = await foreignRun(ports);
    ports.inventory.owners.set(run.id, "dead");
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
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
    const { floppy, reached } = await openRecording(ports);
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

  it("cancels no run that is over, and resumes none that is done", async () => {
    const { floppy, reached } = await openRecording(fakePorts());
    const done = reached("done");
    const { id } = await floppy.handlers["runs.start"](request);
    await done;
    await floppy.close();
    await expect(floppy.handlers["runs.cancel"]({ runId: id })).rejects.toEqual(refusal("RUN_STATE"));
    const resume = { runId: id, driveKey: "usb-card-1", eraseConfirmed: "usb-card-1" };
    await expect(floppy.handlers["runs.resume"](resume)).rejects.toEqual(refusal("RUN_STATE"));
  });
});

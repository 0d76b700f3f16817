import type { CallInput, Notify } from "#contract/api.ts";
import type { Catalog, Host } from "#contract/catalog.ts";
import { assessDrive, type Drive } from "#contract/drives.ts";
import { cancelled, FloppyError } from "#contract/errors.ts";
import {
  type LogLine,
  mayDismiss,
  mayResume,
  phaseNames,
  type Run,
  type RunRequest,
} from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import { checkPair } from "../catalog/pairs.ts";
import { parseSerial } from "../catalog/serial.ts";
import { registered } from "../devices/register.ts";
import type { Ports } from "../ports.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { createReservations } from "./reservations.ts";
import { driveGone, steps } from "./steps.ts";
import { deviceStatus, dismissRun, interruptRun, isDone, nextPhase, rewindTo } from "./transitions.ts";

type World = { ports: Ports; notify: Notify; catalog(): Promise<Catalog>; settings(): Settings };

type Active = { abort: AbortController; recorder: Recorder; over: Promise<void> };

export type Runs = ReturnType<typeof createRuns>;

function refuseDrive(drive: Drive, imageBytes: number | null): void {
  const verdict = assessDrive(drive, imageBytes);
  if (verdict.verdict !== "refused") return;
  throw new FloppyError(
    verdict.code,
    `${drive.name}: ${verdict.reason}`,
    "Nothing was written. Choose another drive.",
  );
}

/** Starts, resumes, cancels and keeps the runs of this process. */
export function createRuns({ ports, notify, catalog, settings }: World) {
  const active = new Map<string, Active>();
  const reservations = createReservations();

  const audience = {
    async run(run: Run): Promise<void> {
      notify({ event: "run", payload: run });
      const device = await ports.inventory.device(run.serial);
      const status = deviceStatus(run);
      if (!device || (device.status.state === status.state && device.lastRunId === run.id)) return;
      const changed = await ports.inventory.updateDevice(run.serial, {
        status,
        role: run.role,
        lastRunId: run.id,
      });
      notify({ event: "device", payload: changed });
    },
    log: (runId: string, lines: LogLine[]) => notify({ event: "log", payload: { runId, lines } }),
  };

  const record = (run: Run) =>
    createRecorder(run, { clock: ports.clock, inventory: ports.inventory, audience });

  async function chosenDrive(driveKey: string, eraseConfirmed: string): Promise<Drive> {
    if (eraseConfirmed !== driveKey) {
      throw new FloppyError(
        "INVALID_INPUT",
        "Erasing this drive was not confirmed.",
        "Nothing was written. Confirm the very drive that is to be erased.",
      );
    }
    const drive = (await ports.drives.list()).find((candidate) => candidate.key === driveKey);
    if (!drive) throw driveGone();
    return drive;
  }

  /** Another Floppy on this machine may be at work on the same device or drive. */
  async function refuseForeignRun(serial: string, driveKey: string): Promise<void> {
    for (const { run, owner } of await ports.inventory.openRuns()) {
      if (owner !== "other" || run.status.state !== "running") continue;
      if (run.serial === serial) throw reservations.deviceBusy(serial);
      if (run.drive.key === driveKey) throw reservations.driveBusy(run.drive.name);
    }
  }

  async function perform(
    recorder: Recorder,
    host: Host,
    hostname: string,
    signal: AbortSignal,
  ): Promise<void> {
    const context = { ports, recorder, settings: settings(), host, hostname, signal };
    for (const step of steps) {
      if (step.covers.every((phase) => isDone(recorder.current(), phase))) continue;
      if (signal.aborted) throw cancelled("The run");
      await step.perform(context);
    }
  }

  /** Works through the phases that are not done; resolves when the run is over, however it ended. */
  async function work(recorder: Recorder, host: Host, hostname: string, signal: AbortSignal): Promise<void> {
    try {
      await perform(recorder, host, hostname, signal);
    } catch (thrown) {
      recorder.log("error", thrown instanceof Error ? thrown.message : String(thrown));
      await recorder.stop(thrown).catch(() => notify({ event: "run", payload: recorder.current() }));
    }
    await recorder.settled();
  }

  async function launch(run: Run): Promise<Run> {
    const { host } = checkPair(await catalog(), run.host, run.role);
    const { hostname } = parseSerial(await catalog(), run.serial);
    const release = reservations.take(run.serial, run.drive);
    try {
      await refuseForeignRun(run.serial, run.drive.key);
      const recorder = record(run);
      await recorder.change((before) => ({
        ...before,
        status: { state: "running", phase: nextPhase(before) ?? "image" },
      }));
      const abort = new AbortController();
      const over = work(recorder, host, hostname, abort.signal).finally(() => {
        active.delete(run.id);
        release();
      });
      active.set(run.id, { abort, recorder, over });
      return recorder.current();
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  async function start(request: RunRequest): Promise<Run> {
    const { serial, hostname, host } = parseSerial(await catalog(), request.serial);
    const { role } = checkPair(await catalog(), host.name, request.role);
    const drive = await chosenDrive(request.driveKey, request.eraseConfirmed);
    refuseDrive(drive, null);
    const at = ports.clock.now().toISOString();
    await ports.inventory.registerDevice(
      registered({ serial, hostname, host: host.name, role: role.name, at }),
    );
    return launch({
      id: ports.clock.newId(),
      serial,
      host: host.name,
      role: role.name,
      target: `${host.name}-${role.name}`,
      medium: host.medium,
      imageChoice: request.image,
      drive,
      image: null,
      phases: phaseNames.map((name) => ({ name, status: { state: "waiting" } })),
      status: { state: "running", phase: "image" },
      startedAt: at,
    });
  }

  async function stored(runId: string): Promise<Run> {
    const run = active.get(runId)?.recorder.current() ?? (await ports.inventory.run(runId));
    if (run) return run;
    throw new FloppyError(
      "RUN_UNKNOWN",
      "There is no such run.",
      "Nothing was changed. Look it up in the device’s page.",
    );
  }

  function refuseState(run: Run, act: string): never {
    throw new FloppyError(
      "RUN_STATE",
      `A run that is ${run.status.state} cannot be ${act}.`,
      "Nothing was changed.",
      { state: run.status.state },
    );
  }

  /** An image whose file changed or vanished since is made again. */
  async function withValidImage(run: Run): Promise<Run> {
    if (!run.image) return rewindTo(run, "image");
    const stat = await ports.files.stat(run.image.path);
    const same = stat?.fileBytes === run.image.fileBytes && stat.modifiedMs === run.image.modifiedMs;
    return same ? rewindTo(run, "write") : { ...rewindTo(run, "image"), image: null };
  }

  async function resume({ runId, driveKey, eraseConfirmed }: CallInput<"runs.resume">): Promise<Run> {
    const run = await stored(runId);
    if (!mayResume(run)) refuseState(run, "resumed");
    const drive = await chosenDrive(driveKey, eraseConfirmed);
    const ready = await withValidImage({ ...run, drive });
    refuseDrive(drive, ready.image?.sizeBytes ?? null);
    return launch(ready);
  }

  async function cancel(runId: string): Promise<void> {
    const running = active.get(runId);
    if (!running) refuseState(await stored(runId), "cancelled here");
    running.abort.abort();
    await running.over;
  }

  async function dismiss(runId: string): Promise<void> {
    const run = await stored(runId);
    if (!mayDismiss(run)) refuseState(run, "put aside");
    await record(run).change((before) => dismissRun(before, ports.clock.now().toISOString()));
  }

  /** Finds the runs whose process died and marks them, so that they are offered again. */
  async function recover(): Promise<void> {
    for (const { run, owner } of await ports.inventory.openRuns()) {
      if (owner === "dead" && run.status.state === "running") await record(run).change(interruptRun);
    }
  }

  async function shutDown(): Promise<void> {
    const over = [...active.values()].map((running) => {
      running.abort.abort();
      return running.over;
    });
    await Promise.all(over);
  }

  return {
    start,
    resume,
    cancel,
    dismiss,
    recover,
    shutDown,
    busy: () => active.size > 0,
    open: async () =>
      (await ports.inventory.openRuns()).map(({ run }) => active.get(run.id)?.recorder.current() ?? run),
    show: async (runId: string) => ({ run: await stored(runId), log: await ports.inventory.log(runId) }),
  };
}

import type { CallInput, Notify } from "#contract/api.ts";
import type { Host } from "#contract/catalog.ts";
import { cancelled, FloppyError } from "#contract/errors.ts";
import {
  type LogLine,
  mayDismiss,
  mayResume,
  phaseNames,
  type Run,
  type RunRequest,
} from "#contract/runs.ts";
import { checkPair } from "../catalog/pairs.ts";
import { parseSerial } from "../catalog/serial.ts";
import type { Current } from "../current.ts";
import { registered } from "../devices/register.ts";
import type { Ports } from "../ports.ts";
import { createAdmission, refuseUnfitDrive } from "./admission.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { steps } from "./steps.ts";
import { deviceStatus, dismissRun, interruptRun, isDone, nextPhase, rewindTo } from "./transitions.ts";

type World = { ports: Ports; notify: Notify; current: Current };

type Active = { abort: AbortController; recorder: Recorder; over: Promise<void> };

export type Runs = ReturnType<typeof createRuns>;

function refuseState(run: Run, act: string): never {
  const { state } = run.status;
  throw new FloppyError("RUN_STATE", `A run that is ${state} cannot be ${act}.`, "Nothing was changed.", {
    state,
  });
}

/** Starts, resumes, cancels and keeps the runs of this process. */
export function createRuns({ ports, notify, current }: World) {
  const active = new Map<string, Active>();
  const admission = createAdmission(ports);

  async function updateDevice(run: Run): Promise<void> {
    const status = deviceStatus(run);
    const device = await ports.inventory.device(run.serial);
    if (!status || !device) return;
    if (device.status.state === status.state && device.lastRunId === run.id) return;
    await ports.inventory.updateDevice(run.serial, { status, role: run.role, lastRunId: run.id });
  }

  const audience = {
    // A run's end is told last: whoever sees it finds the device flashed and the drive free.
    async run(run: Run): Promise<void> {
      await updateDevice(run);
      if (run.status.state !== "running") admission.release(run.id);
      notify({ event: "run", payload: run });
    },
    log: (runId: string, lines: LogLine[]) => notify({ event: "log", payload: { runId, lines } }),
  };

  const record = (run: Run) =>
    createRecorder(run, { clock: ports.clock, inventory: ports.inventory, audience });

  async function perform(
    recorder: Recorder,
    host: Host,
    hostname: string,
    signal: AbortSignal,
  ): Promise<void> {
    const context = { ports, recorder, settings: current.trustedSettings(), host, hostname, signal };
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
    current.trustedSettings();
    // Resumed at once after it ended: its former work tidies up first.
    await active.get(run.id)?.over;
    const { host } = checkPair(await current.catalog(), run.host, run.role);
    const { hostname } = parseSerial(await current.catalog(), run.serial);
    admission.reserve(run);
    try {
      const recorder = record(run);
      await recorder.change((before) => ({
        ...before,
        status: { state: "running", phase: nextPhase(before) ?? "image" },
      }));
      const abort = new AbortController();
      const over = work(recorder, host, hostname, abort.signal).finally(() => {
        active.delete(run.id);
        admission.release(run.id);
      });
      active.set(run.id, { abort, recorder, over });
      return recorder.current();
    } catch (thrown) {
      admission.release(run.id);
      throw thrown;
    }
  }

  /** A new run of a device takes the place of those that came to nothing. */
  async function putAsideOthers(serial: string): Promise<void> {
    for (const { run } of await ports.inventory.openRuns()) {
      if (run.serial === serial && mayDismiss(run)) await dismiss(run.id);
    }
  }

  async function start(request: RunRequest): Promise<Run> {
    const { serial, hostname, host } = parseSerial(await current.catalog(), request.serial);
    const { role } = checkPair(await current.catalog(), host.name, request.role);
    const drive = await admission.confirmedDrive(request.driveKey, request.eraseConfirmed);
    refuseUnfitDrive(drive, null);
    const at = ports.clock.now().toISOString();
    await ports.inventory.registerDevice(
      registered({ serial, hostname, host: host.name, role: role.name, at }),
    );
    const run = await launch({
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
    await putAsideOthers(serial);
    return run;
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
    const drive = await admission.confirmedDrive(driveKey, eraseConfirmed);
    const ready = await withValidImage({ ...run, drive });
    refuseUnfitDrive(drive, ready.image?.sizeBytes ?? null);
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
    refuseBusyDrive: admission.refuseBusyDrive,
    shutDown,
    busy: () => active.size > 0,
    open: async () =>
      (await ports.inventory.openRuns()).map(({ run }) => active.get(run.id)?.recorder.current() ?? run),
    show: async (runId: string) => ({ run: await stored(runId), log: await ports.inventory.log(runId) }),
  };
}

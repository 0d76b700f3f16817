/** The runs that this process works on. */
import type { Notify } from "#contract/api.ts";
import type { Host } from "#contract/catalog.ts";
import type { Device } from "#contract/devices.ts";
import { cancelled } from "#contract/errors.ts";
import { type LogLine, mayDismiss, mediumIsDone, nextPhase, type Run } from "#contract/runs.ts";
import { checkPair } from "../catalog/pairs.ts";
import { parseSerial } from "../catalog/serial.ts";
import type { Current } from "../current.ts";
import { concerns, tellDevice } from "../devices/device-of-run.ts";
import { followTarget } from "../install/follow-target.ts";
import type { Ports } from "../ports.ts";
import type { Admission } from "./admission.ts";
import { createBatch } from "./batch.ts";
import { type Means, ownMeans } from "./means.ts";
import { createQuestions, type Questions } from "./questions.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { mediumSteps, type StepContext } from "./steps.ts";
import { deviceStatus, dismissRun, isDone, pauseRun } from "./transitions.ts";

type World = { ports: Ports; notify: Notify; current: Current; admission: Admission };

type Active = { abort: AbortController; recorder: Recorder; questions: Questions; over: Promise<void> };

type Wanted = StepContext["wanted"];

/** Whom a run is for, as the catalog says it now. */
type Target = { host: Host; hostname: string };

export type ActiveRuns = ReturnType<typeof createActiveRuns>;

export function createActiveRuns({ ports, notify, current, admission }: World) {
  const active = new Map<string, Active>();
  let closing = false;

  async function updateDevice(run: Run): Promise<void> {
    const status = deviceStatus(run);
    const device = await ports.inventory.device(run.serial);
    if (!status || !device) return;
    if (device.status.state === status.state && device.lastRunId === run.id) return;
    const last = status.state === "registered" ? await lastFlashed(device) : null;
    const change = last
      ? { status: deviceStatus(last) ?? status, role: last.role, lastRunId: last.id }
      : { status, role: run.role, lastRunId: run.id };
    await tellDevice(ports.inventory, run, change);
  }

  /** The run that wrote the medium in the device: one that ended before it wrote changes nothing about it. */
  async function lastFlashed(device: Device): Promise<Run | null> {
    const runs = await ports.inventory.runsOf(device.serial);
    return runs.find((run) => run.status.state === "done" && concerns(run, device)) ?? null;
  }

  /** Keys and copies that a run kept for the case that it goes on. */
  async function forget({ id }: Run): Promise<void> {
    await ports.vault.remove(id);
    await ports.systems.unstage(id);
  }

  const audience = {
    // A run's end is told last: whoever sees it finds the device flashed and the drive free.
    async run(run: Run): Promise<void> {
      await updateDevice(run);
      if (run.status.state !== "running") admission.release(run.id);
      else if (mediumIsDone(run)) admission.releaseDrive(run.id);
      if (run.status.state === "done" || run.status.state === "dismissed") await forget(run);
      notify({ event: "run", payload: run });
    },
    log: (runId: string, lines: LogLine[]) => notify({ event: "log", payload: { runId, lines } }),
  };

  const record = (run: Run) =>
    createRecorder(run, { clock: ports.clock, inventory: ports.inventory, audience });

  async function makeMedium(context: StepContext): Promise<void> {
    const { recorder, wanted, signal } = context;
    for (const { covers, perform } of mediumSteps) {
      if (covers.every((phase) => isDone(recorder.current(), phase))) continue;
      if (wanted !== null && !covers.some((phase) => wanted.includes(phase))) continue;
      if (signal.aborted) throw cancelled("The run");
      await perform(context);
    }
  }

  async function perform(context: StepContext): Promise<void> {
    const { recorder, means, wanted } = context;
    await makeMedium(context).finally(means.leave);
    if (mediumIsDone(recorder.current())) await followTarget(context, wanted);
    if (recorder.current().status.state === "running") await recorder.change(pauseRun);
  }

  /** Works through the phases that are not done; resolves when the run is over, however it ended. */
  async function work(context: StepContext): Promise<void> {
    const { recorder } = context;
    try {
      await perform(context);
    } catch (thrown) {
      recorder.log("error", thrown instanceof Error ? thrown.message : String(thrown));
      await recorder.stop(thrown).catch(() => notify({ event: "run", payload: recorder.current() }));
    }
    await recorder.settled();
  }

  /** Resolves when the start is journaled; from its first moment the run can be seen and cancelled. */
  async function begin(run: Run, target: Target, wanted: Wanted, means: Means): Promise<Run> {
    if (closing) throw cancelled("The run");
    const recorder = record(run);
    const abort = new AbortController();
    const questions = createQuestions();
    const settings = current.trustedSettings();
    const context = { ports, recorder, settings, questions, means, wanted, ...target, signal: abort.signal };
    const begun = recorder.change((before) => ({
      ...before,
      status: { state: "running", phase: nextPhase(before) ?? "image" },
    }));
    const over = begun
      .then(() => work(context))
      // That it could not begin is told by `begun`.
      .catch(() => undefined)
      .finally(() => {
        active.delete(run.id);
        admission.release(run.id);
      });
    active.set(run.id, { abort, recorder, questions, over });
    await begun;
    return recorder.current();
  }

  async function targetOf({ host, role, serial }: Run): Promise<Target> {
    const catalog = await current.catalog();
    return { host: checkPair(catalog, host, role).host, hostname: parseSerial(catalog, serial).hostname };
  }

  /**
   * Takes the device and the drive of a run, and then works on what `prepare` makes of it: whatever changed
   * before they were taken is seen there.
   */
  async function launch(run: Run, prepare: () => Promise<Run>, wanted: Wanted = null): Promise<Run> {
    current.trustedSettings();
    // Resumed at once after it ended: its former work tidies up first.
    await active.get(run.id)?.over;
    const target = await targetOf(run);
    admission.reserve([run]);
    try {
      return await begin(await prepare(), target, wanted, ownMeans(ports));
    } catch (thrown) {
      admission.release(run.id);
      throw thrown;
    }
  }

  /** As `launch`, for several that share one image and one writer: all of them begin, or none does. */
  async function launchTogether(runs: Run[], prepare: () => Promise<void>, wanted: Wanted): Promise<Run[]> {
    current.trustedSettings();
    admission.reserve(runs);
    try {
      await prepare();
      const meansOf = createBatch(ports, runs.length);
      const starts = runs.map(async (run, place) => begin(run, await targetOf(run), wanted, meansOf(place)));
      await Promise.allSettled(starts);
      return await Promise.all(starts);
    } catch (thrown) {
      await Promise.all(runs.map(retract));
      throw thrown;
    }
  }

  /** Of a batch that does not come to be: whatever was begun of it wrote nothing, and is forgotten. */
  async function retract({ id }: Run): Promise<void> {
    const running = active.get(id);
    running?.abort.abort();
    await running?.over;
    admission.release(id);
    const ended = running?.recorder.current();
    if (ended && mayDismiss(ended))
      await record(ended).change((run) => dismissRun(run, ports.clock.now().toISOString()));
  }

  async function shutDown(): Promise<void> {
    closing = true;
    const runs = [...active.values()];
    for (const { abort } of runs) abort.abort();
    await Promise.all(runs.map(({ over }) => over));
  }

  return {
    launch,
    launchTogether,
    record,
    shutDown,
    find: (runId: string) => active.get(runId),
    busy: () => active.size > 0,
  };
}

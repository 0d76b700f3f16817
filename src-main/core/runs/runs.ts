import type { CallInput, Notify } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { isTargetPhase, mayDismiss, mayResume, mediumIsDone, type Run } from "#contract/runs.ts";
import { type InstallPlan, nothingInstalled } from "#contract/targets.ts";
import type { Current } from "../current.ts";
import { isStillKnown } from "../images/inspect.ts";
import { makePlan } from "../install/plan.ts";
import { parseTargetAddress } from "../install/target-address.ts";
import type { OpenRun, Ports } from "../ports.ts";
import { createActiveRuns } from "./active-runs.ts";
import { createAdmission, refuseUnfitDrive } from "./admission.ts";
import { createStarting } from "./starting.ts";
import { dismissRun, forgetPhases, interruptRun, rewindTo } from "./transitions.ts";

export type Runs = ReturnType<typeof createRuns>;

function refuseState(run: Run, act: string): never {
  const { state } = run.status;
  throw new FloppyError("RUN_STATE", `A run that is ${state} cannot be ${act}.`, "Nothing was changed.", {
    state,
  });
}

/** Starts, resumes, cancels and keeps the runs. */
export function createRuns(world: { ports: Ports; notify: Notify; current: Current }) {
  const { ports, current } = world;
  const admission = createAdmission(ports);
  const active = createActiveRuns({ ...world, admission });

  /** A run of the inventory as it stands: what nobody works on any more is interrupted, though nobody saved that. */
  function standing({ run, owner }: OpenRun): Run {
    const own = active.find(run.id);
    if (own) return own.recorder.current();
    return owner === "other" ? run : interruptRun(run);
  }

  const open = async () => (await ports.inventory.openRuns()).map(standing);

  /** A new run of a device takes the place of those that came to nothing. */
  async function putAsideOthers(launched: Run[]): Promise<void> {
    const takesPlaceOf = (run: Run) =>
      launched.some(({ id, serial }) => serial === run.serial && id !== run.id) && mayDismiss(run);
    for (const { id } of (await open()).filter(takesPlaceOf)) await dismiss(id);
  }

  const { start, startBatch } = createStarting({ ports, current, admission, active, putAsideOthers });

  async function stored(runId: string): Promise<Run> {
    const open = await ports.inventory.openRun(runId);
    const run = open ? standing(open) : await ports.inventory.run(runId);
    if (run) return run;
    throw new FloppyError(
      "RUN_UNKNOWN",
      "There is no such run.",
      "Nothing was changed. Look it up in the device’s page.",
    );
  }

  async function resumable(runId: string): Promise<Run> {
    const run = await stored(runId);
    if (!mayResume(run)) refuseState(run, "resumed");
    return run;
  }

  /** An image whose file changed or vanished since, or was found to lie, is made again. */
  async function withValidImage(run: Run): Promise<Run> {
    // A new medium has new keys: what was known of a machine is not true of it any more.
    const fresh = { ...run, installation: run.installation && nothingInstalled };
    if (!run.image) return rewindTo(fresh, "image");
    return (await isStillKnown(ports, run.image))
      ? rewindTo(fresh, "write")
      : { ...rewindTo(fresh, "image"), image: null };
  }

  async function resume({ runId, driveKey, eraseConfirmed }: CallInput<"runs.resume">): Promise<Run> {
    const run = await resumable(runId);
    const drive = await admission.confirmedDrive({ driveKey, eraseConfirmed });
    // Its medium is made anew, so the drive is claimed from the first moment on.
    return active.launch({ ...rewindTo(run, "write"), drive }, async () => {
      const ready = await withValidImage({ ...(await resumable(runId)), drive });
      refuseUnfitDrive(drive, ready.image?.sizeBytes ?? null, ready.imageChoice.kind === "practice");
      return ready;
    });
  }

  function refuseWithoutMedium(run: Run): void {
    if (run.installation !== null && mediumIsDone(run)) return;
    throw new FloppyError(
      "RUN_STATE",
      "There is no finished stick to go on with.",
      "Nothing was changed. Resume the run with a drive, so that its medium is written first.",
    );
  }

  /** Goes on behind the medium; phases that are named are worked on anew, and only those. */
  async function follow({ runId, phases }: CallInput<"runs.follow">): Promise<Run> {
    const run = await resumable(runId);
    refuseWithoutMedium(run);
    if (phases && !phases.every(isTargetPhase)) refuseWithoutMedium({ ...run, installation: null });
    const prepare = async () => forgetPhases(await resumable(runId), phases ?? []);
    return active.launch(run, prepare, phases);
  }

  /** A run of this process that waits for an answer. */
  async function asking(runId: string, phase: string) {
    const running = active.find(runId);
    if (!running) refuseState(await stored(runId), "answered here");
    const { status } = running.recorder.current();
    if (phase !== "" && !(status.state === "running" && status.phase === phase))
      refuseState(running.recorder.current(), `answered: it is not at “${phase}”`);
    return running;
  }

  async function aim({ runId, address: text }: CallInput<"runs.aim">): Promise<void> {
    const { address } = parseTargetAddress(text);
    const { questions, recorder } = await asking(runId, "");
    await recorder.change((run) => ({
      ...run,
      installation: run.installation && { ...run.installation, address },
    }));
    questions.address.put(address);
  }

  async function plan({ runId, diskKey, buildPlace }: CallInput<"runs.plan">): Promise<InstallPlan> {
    const { installation, target } = await stored(runId);
    if (!installation?.facts)
      throw new FloppyError(
        "RUN_STATE",
        "The machine was not looked at yet.",
        "Nothing was changed. Wait until it is found, then choose its disk.",
      );
    const layout = await ports.systems.layout(current.settings().flake);
    return makePlan({ facts: installation.facts, layout, target }, diskKey, buildPlace);
  }

  async function chooseDisk(input: CallInput<"runs.chooseDisk">): Promise<void> {
    const { runId, diskKey, eraseConfirmed, buildPlace } = input;
    const { questions } = await asking(runId, "plan");
    // What cannot be installed is refused here, where another disk can still be chosen.
    await plan({ runId, diskKey, buildPlace });
    if (eraseConfirmed !== diskKey)
      throw new FloppyError(
        "INVALID_INPUT",
        "Erasing this disk was not confirmed.",
        "Nothing was written. Confirm the very disk that is to be erased.",
      );
    questions.disk.put({ diskKey, buildPlace });
  }

  async function cancel(runId: string): Promise<void> {
    const running = active.find(runId);
    if (!running) refuseState(await stored(runId), "cancelled here");
    running.abort.abort();
    await running.over;
  }

  async function dismiss(runId: string): Promise<void> {
    const run = await stored(runId);
    if (!mayDismiss(run)) refuseState(run, "put aside");
    await active.record(run).change((before) => dismissRun(before, ports.clock.now().toISOString()));
  }

  /** Finds the runs whose process died and marks them, so that they are offered again. */
  async function recover(): Promise<void> {
    for (const { run, owner } of await ports.inventory.openRuns()) {
      if (owner === "dead" && run.status.state === "running") await active.record(run).change(interruptRun);
    }
  }

  return {
    start,
    startBatch,
    resume,
    follow,
    aim,
    plan,
    chooseDisk,
    cancel,
    dismiss,
    recover,
    open,
    show: async (runId: string) => ({ run: await stored(runId), log: await ports.inventory.log(runId) }),
    refuseBusyDrive: admission.refuseBusyDrive,
    holdDrive: admission.holdDrive,
    shutDown: active.shutDown,
    busy: active.busy,
  };
}

import type { Notify } from "#contract/api.ts";
import { FloppyError } from "#contract/errors.ts";
import { mayDismiss, mayResume, type Run } from "#contract/runs.ts";
import type { OpenRun } from "../ports/inventory.ts";
import type { Ports } from "../ports/ports.ts";
import { createActiveRuns, type TellDevice } from "./active-runs.ts";
import { createAdmission } from "./admission.ts";
import type { Kinds } from "./kind.ts";
import { dismissRun, interruptRun } from "./transitions.ts";

export type Runs = ReturnType<typeof createRuns>;

function refuseState(run: Run, act: string): never {
  const { state } = run.status;
  throw new FloppyError("RUN_STATE", `A run that is ${state} cannot be ${act}.`, "Nothing was changed.", {
    state,
  });
}

/** The machine: begins, goes on with, cancels and keeps runs of the kinds that it is given. */
export function createRuns(world: {
  ports: Pick<Ports, "clock" | "drives" | "inventory">;
  notify: Notify;
  kinds: Kinds;
  tellDevice: TellDevice;
}) {
  const { ports, kinds } = world;
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
    const former = (await ports.inventory.openRunsOf(launched.map(({ serial }) => serial))).map(standing);
    const takesPlaceOf = (run: Run) => launched.every(({ id }) => id !== run.id) && mayDismiss(run);
    for (const { id } of former.filter(takesPlaceOf)) await dismiss(id);
  }

  async function find(runId: string): Promise<Run> {
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
    const run = await find(runId);
    if (!mayResume(run)) refuseState(run, "resumed");
    return run;
  }

  /** A run of this process that can be answered; where a phase is named, it has to be there. */
  async function answerable(runId: string, phase?: string) {
    const running = active.find(runId);
    if (!running) refuseState(await find(runId), "answered here");
    const { status } = running.recorder.current();
    if (phase !== undefined && !(status.state === "running" && status.phase === phase))
      refuseState(running.recorder.current(), `answered: it is not at “${phase}”`);
    return running;
  }

  async function cancel(runId: string): Promise<void> {
    const running = active.find(runId);
    if (!running) refuseState(await find(runId), "cancelled here");
    running.abort.abort();
    await running.over;
  }

  async function dismiss(runId: string): Promise<void> {
    const run = await find(runId);
    if (!mayDismiss(run)) refuseState(run, "put aside");
    await active.record(run).change((before) => dismissRun(before, ports.clock.now().toISOString()));
  }

  /** Finds the runs whose process died and marks them, so that they are offered again. */
  async function recover(): Promise<void> {
    for (const { run, owner } of await ports.inventory.runningRuns()) {
      if (owner === "dead") await active.record(run).change(interruptRun);
    }
  }

  return {
    launch: active.launch,
    launchTogether: active.launchTogether,
    admission,
    find,
    resumable,
    answerable,
    rewind: kinds.rewind,
    putAsideOthers,
    cancel,
    dismiss,
    recover,
    standing,
    open,
    show: async (runId: string) => ({ run: await find(runId), log: await ports.inventory.log(runId) }),
    shutDown: active.shutDown,
    busy: active.busy,
  };
}

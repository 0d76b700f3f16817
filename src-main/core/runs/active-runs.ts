/** The runs that this process works on. */
import type { Notify } from "#contract/api.ts";
import type { DeviceStatus } from "#contract/devices.ts";
import { cancelled } from "#contract/errors.ts";
import {
  type LogLine,
  mayDismiss,
  mediumIsDone,
  nextPhase,
  type PhaseName,
  type Run,
} from "#contract/runs.ts";
import type { Ports } from "../ports/ports.ts";
import type { Admission } from "./admission.ts";
import { deviceStatus } from "./device-status.ts";
import type { Kinds, Open } from "./kind.ts";
import { createQuestions, type Questions } from "./questions.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { dismissRun } from "./transitions.ts";
import { workThrough } from "./work-through.ts";

type World = {
  ports: Pick<Ports, "clock" | "inventory">;
  notify: Notify;
  kinds: Kinds;
  admission: Admission;
  tellDevice: TellDevice;
};

/** Passes on what a run says of its device, before the run itself is shown. */
export type TellDevice = (run: Run, statusOf: (run: Run) => DeviceStatus | null) => Promise<void>;

type Active = { abort: AbortController; recorder: Recorder; questions: Questions; over: Promise<void> };

/** The phases that are worked on; null for all. */
export type Wanted = readonly PhaseName[] | null;

export function createActiveRuns({ ports, notify, kinds, admission, tellDevice }: World) {
  const active = new Map<string, Active>();
  let closing = false;

  const audience = {
    // A run's end is told last: whoever sees it finds the device flashed and the drive free.
    async run(run: Run): Promise<void> {
      await tellDevice(run, (told) => deviceStatus(kinds, told));
      if (run.status.state !== "running") admission.release(run.id);
      else if (mediumIsDone(run)) admission.releaseDrive(run.id);
      if (run.status.state === "done" || run.status.state === "dismissed") await kinds.of(run).discard(run);
      notify({ event: "run", payload: run });
    },
    log: (runId: string, lines: LogLine[]) => notify({ event: "log", payload: { runId, lines } }),
  };

  const record = (run: Run) =>
    createRecorder(run, { clock: ports.clock, inventory: ports.inventory, audience });

  /** Works through the phases that are not done; resolves when the run is over, however it ended. */
  async function work(
    run: Run,
    open: Open<unknown>,
    wanted: Wanted,
    { recorder, ...rest }: Omit<Active, "over">,
  ) {
    const context = { recorder, wanted, questions: rest.questions, signal: rest.abort.signal };
    try {
      await workThrough(kinds.of(run), open, context);
    } catch (thrown) {
      recorder.log("error", thrown instanceof Error ? thrown.message : String(thrown));
      await recorder.stop(thrown).catch(() => notify({ event: "run", payload: recorder.current() }));
    }
    await recorder.settled();
  }

  /** Resolves when the start is journaled; from its first moment the run can be seen and cancelled. */
  async function begin(run: Run, open: Open<unknown>, wanted: Wanted): Promise<Run> {
    if (closing) throw cancelled("The run");
    const [first] = kinds.of(run).phases;
    const begun = { recorder: record(run), abort: new AbortController(), questions: createQuestions() };
    const journaled = begun.recorder.change((before) => {
      const phase = nextPhase(before) ?? first?.name;
      return phase ? { ...before, status: { state: "running", phase } } : before;
    });
    const over = journaled
      .then(() => work(run, open, wanted, begun))
      // That it could not begin is told by `journaled`.
      .catch(() => undefined)
      .finally(() => {
        active.delete(run.id);
        admission.release(run.id);
      });
    active.set(run.id, { ...begun, over });
    await journaled;
    return begun.recorder.current();
  }

  /**
   * Takes the device and the drive of a run, and then works on what `prepare` makes of it: whatever changed
   * before they were taken is seen there.
   */
  async function launch(run: Run, prepare: () => Promise<Run>, wanted: Wanted = null): Promise<Run> {
    // Resumed at once after it ended: its former work tidies up first.
    await active.get(run.id)?.over;
    const open = await kinds.of(run).ready(run);
    admission.reserve([run]);
    try {
      return await begin(await prepare(), open, wanted);
    } catch (thrown) {
      admission.release(run.id);
      throw thrown;
    }
  }

  /** As `launch`, for several that are opened together: all of them begin, or none does. */
  async function launchTogether(
    runs: Run[],
    prepare: () => Promise<Open<unknown>[]>,
    wanted: Wanted,
  ): Promise<Run[]> {
    admission.reserve(runs);
    try {
      const opens = await prepare();
      const starts = opens.flatMap((open, place) => {
        const run = runs[place];
        return run ? [begin(run, open, wanted)] : [];
      });
      await Promise.allSettled(starts);
      return await Promise.all(starts);
    } catch (thrown) {
      await Promise.all(runs.map(retract));
      throw thrown;
    }
  }

  /** Of several that do not come to be: whatever was begun of them wrote nothing, and is forgotten. */
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

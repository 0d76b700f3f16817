import { cancelled, FloppyError } from "#contract/errors.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import type { Core } from "#core/floppy.ts";
import { createAnswerer, type TargetOptions } from "./ask-target.ts";
import type { Context } from "./context.ts";
import type { Report } from "./report.ts";

/** Tells what is new in a run since it was last seen. */
function createTeller(report: Report) {
  const told = new Set<PhaseName>();
  return (run: Run) => {
    for (const { name, status } of run.phases) {
      if (status.state === "running" && status.progress) report.progress(name, status.progress);
      if (status.state !== "done" || told.has(name)) continue;
      told.add(name);
      report.done(name, status.summary);
    }
  };
}

function outcome(run: Run): Run {
  switch (run.status.state) {
    case "done":
    case "paused":
      return run;
    case "failed":
      throw FloppyError.from(run.status.error);
    case "cancelled":
      throw cancelled("The run");
    default:
      throw new FloppyError(
        "RUN_INTERRUPTED",
        "The run was interrupted.",
        "What is done is done; what was begun does not boot. Start it again, or go on: floppy follow.",
      );
  }
}

/**
 * Starts a run and tells of it until it is over; an abort cancels it and waits for its clean end. A run of another
 * process is joined: it is told of, and goes on when this command is left.
 */
export async function followRun(
  floppy: Core,
  context: Context,
  start: () => Promise<Run>,
  answers: TargetOptions = {},
): Promise<Run> {
  const { report, signal } = context;
  const tell = createTeller(report);
  const seen = new Map<string, Run>();
  const over = Promise.withResolvers<Run>();
  const answer = createAnswerer(context, floppy, answers, over.reject);
  let runId: string | null = null;

  const look = (run: Run) => {
    if (run.id !== runId) return;
    tell(run);
    answer(run);
    if (run.status.state !== "running") over.resolve(run);
  };
  const unsubscribe = floppy.subscribe(({ event, payload }) => {
    if (event === "log" && payload.runId === runId)
      for (const { level, text } of payload.lines) report.log(level, text);
    if (event !== "run") return;
    seen.set(payload.id, payload);
    look(payload);
  });
  // A run that ended by itself meanwhile can no longer be cancelled; its end is told all the same.
  const cancel = async () => {
    if (runId !== null) await floppy.handlers["runs.cancel"]({ runId }).catch(() => undefined);
  };
  const leave = async () => {
    await cancel();
    // A run of another process is not cancelled by leaving it.
    over.reject(cancelled("Following the run"));
  };
  signal.addEventListener("abort", leave);
  try {
    if (signal.aborted) throw cancelled("The run");
    const started = await start();
    runId = started.id;
    look(seen.get(started.id) ?? started);
    if (signal.aborted) await leave();
    const ended = await over.promise;
    return outcome(ended);
  } finally {
    // The end is told a moment before the drive is let go, and cancelling waits for that.
    await cancel();
    signal.removeEventListener("abort", leave);
    unsubscribe();
  }
}

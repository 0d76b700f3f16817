import type { DriveResult, DriveTask } from "#contract/drive-tasks.ts";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { Core } from "#core/floppy.ts";
import type { Context } from "./context.ts";

/** Starts a drive's task and tells of it until it is over; an abort cancels it and waits for its clean end. */
export async function followTask(
  floppy: Core,
  { report, signal }: Context,
  start: () => Promise<DriveTask>,
): Promise<{ result: DriveResult }> {
  if (signal.aborted) throw cancelled("The task");
  const over = Promise.withResolvers<DriveTask>();
  let taskId: string | null = null;
  let told = 0;
  let last: DriveTask[] = [];
  const look = (tasks: DriveTask[]) => {
    const task = tasks.find(({ id }) => id === taskId);
    if (!task) return;
    for (const note of task.notes.slice(told)) report.note(note);
    told = task.notes.length;
    if (task.status.state !== "running") return over.resolve(task);
    const { progress } = task.status;
    if (progress) report.progress(progress.stage, { kind: "transfer", ...progress });
  };
  const unsubscribe = floppy.subscribe(({ event, payload }) => {
    if (event !== "driveTasks") return;
    last = payload;
    look(payload);
  });
  // A task that ended by itself meanwhile can no longer be cancelled; its end is told all the same.
  const cancel = async () => {
    if (taskId !== null) await floppy.handlers["drives.cancelTask"]({ taskId }).catch(() => undefined);
  };
  signal.addEventListener("abort", cancel);
  try {
    const started = await start();
    taskId = started.id;
    // It may be over already, and nothing more be told of it.
    look([started]);
    look(last);
    if (signal.aborted) await cancel();
    return outcome(await over.promise);
  } finally {
    signal.removeEventListener("abort", cancel);
    unsubscribe();
  }
}

function outcome({ status }: DriveTask): { result: DriveResult } {
  if (status.state === "done") return status;
  if (status.state === "failed") throw FloppyError.from(status.error);
  throw cancelled("The task");
}

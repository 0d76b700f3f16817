import { cancelled } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { Core } from "#core/floppy.ts";
import type { BatchReport } from "./batch-report.ts";

/** Starts a batch and tells of it until all of its runs are over; an abort cancels them and waits for their clean end. */
export async function followBatch(
  floppy: Core,
  signal: AbortSignal,
  report: BatchReport,
  start: () => Promise<Run[]>,
): Promise<Run[]> {
  if (signal.aborted) throw cancelled("The batch");
  const over = Promise.withResolvers<void>();
  const seen = new Map<string, Run>();
  let ids: string[] = [];

  const runs = () => ids.flatMap((id) => seen.get(id) ?? []);
  const look = () => {
    report.show(runs());
    if (runs().every(({ status }) => status.state !== "running")) over.resolve();
  };
  const unsubscribe = floppy.subscribe(({ event, payload }) => {
    if (event === "log" && ids.includes(payload.runId)) {
      const run = seen.get(payload.runId);
      if (run) for (const line of payload.lines) report.log(run, line);
    }
    if (event !== "run") return;
    seen.set(payload.id, payload);
    if (ids.includes(payload.id)) look();
  });
  // A run that ended by itself meanwhile can no longer be cancelled; its end is told all the same.
  const cancel = async () => {
    await Promise.all(ids.map((runId) => floppy.handlers["runs.cancel"]({ runId }).catch(() => undefined)));
  };
  signal.addEventListener("abort", cancel);
  try {
    const started = await start();
    for (const run of started) if (!seen.has(run.id)) seen.set(run.id, run);
    ids = started.map(({ id }) => id);
    look();
    if (signal.aborted) await cancel();
    await over.promise;
    return runs();
  } finally {
    // The end is told a moment before the drive is let go, and cancelling waits for that.
    await cancel();
    signal.removeEventListener("abort", cancel);
    unsubscribe();
  }
}

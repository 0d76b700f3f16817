import { FloppyError } from "#contract/errors.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { WriterEvent, WriterJob } from "#contract/writer.ts";
import type { Log, Writer } from "#core/ports.ts";
import { denial, type Elevation, elevated } from "./elevation.ts";
import { runWriter, type WriterExit } from "./process.ts";

export type WriterOptions = {
  /** Program and script of the writer. */
  command: string[];
  /** Who is asked for the right to open a drive that this process may not open. */
  elevation: Elevation;
  /** Where a test keeps the blocks that it borrows from a drive. */
  journalFolder: string;
};

type Stage = Extract<WriterEvent, { event: "progress" }>["stage"];
type Observer = { progress(stage: Stage, progress: TransferProgress): void; log: Log };

/** The privileged process, seen from the unprivileged side: one process a job. */
export function createWriter({ command, elevation, journalFolder }: WriterOptions): Writer {
  async function onDrive(job: WriterJob, writable: boolean, observe: Observer, signal: AbortSignal) {
    const asked = writable ? command : await elevated(elevation, command);
    const exit = await runWriter(asked, job, listener(observe), signal);
    if (exit.last !== null && exit.last.event !== "failed") return exit.last;
    throw (writable ? null : denial(elevation, exit)) ?? failure(exit);
  }

  return {
    async inspect(path, progress, signal) {
      const observe = { progress: (_: Stage, at: TransferProgress) => progress(at), log: () => undefined };
      const exit = await runWriter(command, { job: "inspect", path }, listener(observe), signal);
      if (exit.last?.event === "inspected") return exit.last.inspection;
      throw failure(exit);
    },

    async flash(job, writable, observe, signal) {
      const asked = writable ? command : await elevated(elevation, command);
      const onEvent = listener({
        log: observe.log,
        progress: (stage, at) => (stage === "write" || stage === "verify") && observe.progress(stage, at),
      });
      const exit = await runWriter(asked, job, onEvent, signal);
      if (exit.last?.event === "flashed") {
        const { event: _, ...result } = exit.last;
        return result;
      }
      throw (writable ? null : denial(elevation, exit)) ?? failure(exit);
    },

    async test(job, writable, observe, signal) {
      const last = await onDrive({ ...job, journalFolder }, writable, observe, signal);
      if (last.event === "tested") return last.report;
      throw unexpected(last);
    },
    async save(job, writable, observe, signal) {
      const last = await onDrive(job, writable, observe, signal);
      if (last.event === "saved") return last.saved;
      throw unexpected(last);
    },
    async restore(job, writable, observe, signal) {
      const last = await onDrive(job, writable, observe, signal);
      if (last.event === "restored") return last.restored;
      throw unexpected(last);
    },
  };
}

function unexpected({ event }: { event: string }): FloppyError {
  return new FloppyError(
    "WRITER_CRASHED",
    `The writer answered with “${event}”.`,
    "Start over; if it repeats, report it with the log.",
  );
}

function listener(observe: Observer): (event: WriterEvent) => void {
  return (event) => {
    if (event.event === "log") observe.log(event.level, event.text);
    if (event.event === "progress") {
      const { event: _, stage, ...progress } = event;
      observe.progress(stage, progress);
    }
  };
}

function failure({ last, code, signal, stderrTail }: WriterExit): FloppyError {
  if (last?.event === "failed") return FloppyError.from(last.error);
  return new FloppyError(
    "WRITER_CRASHED",
    `The writer ended without a result (${signal ?? `exit code ${code}`}).`,
    "A drive that was being written does not start. Start over; if it repeats, report it with the log.",
    { code, signal, stderr: stderrTail },
  );
}

import { FloppyError } from "#contract/errors.ts";
import type { WriterEvent } from "#contract/writer.ts";
import type { DriveJob } from "#core/drives/agreement.ts";
import type { JobObserver, Writer } from "#core/ports/drives.ts";
import { denial, elevated } from "./elevation.ts";
import { failure } from "./failure.ts";
import { flashLanes, Lane, type WriterOptions } from "./lanes.ts";
import { runWriter } from "./process.ts";

export type ClientOptions = WriterOptions & {
  /** Where a test keeps the blocks that it borrows from a drive. */
  journalFolder: string;
};

/** The privileged process, seen from the unprivileged side: one process a job. */
export function createWriter({ journalFolder, ...options }: ClientOptions): Writer {
  const { command, elevation } = options;

  async function onDrive(job: DriveJob, writable: boolean, observe: JobObserver, signal: AbortSignal) {
    const asked = writable ? command : await elevated(elevation, command, job);
    const told = (event: WriterEvent) => tell(observe, event);
    const exit = await runWriter(asked, job, told, signal, { elevated: !writable });
    if (exit.last !== null && exit.last.event !== "failed") return exit.last;
    throw (writable ? null : denial(elevation, exit)) ?? failure(exit);
  }

  return {
    async inspect(path, progress, signal) {
      const tell = (event: WriterEvent) => event.event === "progress" && progress(event);
      const exit = await runWriter(options.command, { job: "inspect", path }, tell, signal);
      if (exit.last?.event === "inspected") return exit.last.inspection;
      throw failure(exit);
    },

    flash({ image, arrival = null, mode = "auto", ...target }, writable, observe, signal) {
      const lane = new Lane({ ...target, writable, observe, signal });
      void flashLanes(options, { image, arrival, mode }, [lane]);
      return lane.result;
    },

    flashMany(source, orders) {
      const lanes = orders.map((order) => new Lane(order));
      void flashLanes(options, source, lanes);
      return lanes.map((lane) => lane.result);
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
    async identity(drive, readable, signal) {
      const quiet = { progress: () => undefined, log: () => undefined };
      const last = await onDrive({ job: "identity", drive }, readable, quiet, signal);
      if (last.event === "identified") return last.carried;
      throw unexpected(last);
    },
  };
}

function tell(observe: JobObserver, event: WriterEvent): void {
  if (event.event === "log") observe.log(event.level, event.text);
  if (event.event !== "progress") return;
  const { event: _, target: __, stage, ...progress } = event;
  observe.progress(stage, progress);
}

function unexpected({ event }: { event: string }): FloppyError {
  return new FloppyError(
    "WRITER_CRASHED",
    `The writer answered with “${event}”.`,
    "Start over; if it repeats, report it with the log.",
  );
}

import type { WriterEvent } from "#contract/writer.ts";
import type { Writer } from "#core/ports.ts";
import { failure } from "./failure.ts";
import { flashLanes, Lane, type WriterOptions } from "./lanes.ts";
import { runWriter } from "./process.ts";

/** The privileged process, seen from the unprivileged side: one process a job. */
export function createWriter(options: WriterOptions): Writer {
  return {
    async inspect(path, progress, signal) {
      const tell = (event: WriterEvent) => event.event === "progress" && progress(event);
      const exit = await runWriter(options.command, { job: "inspect", path }, tell, signal);
      if (exit.last?.event === "inspected") return exit.last.inspection;
      throw failure(exit);
    },

    flash({ image, mode, ...target }, writable, observe, signal) {
      const lane = new Lane({ ...target, writable, observe, signal });
      void flashLanes(options, image, mode, [lane]);
      return lane.result;
    },

    flashMany(image, orders, mode) {
      const lanes = orders.map((order) => new Lane(order));
      void flashLanes(options, image, mode, lanes);
      return lanes.map((lane) => lane.result);
    },
  };
}

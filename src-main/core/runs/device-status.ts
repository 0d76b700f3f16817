/** What a run says of its device. */
import type { DeviceStatus } from "#contract/devices.ts";
import { type ErrorData, FloppyError, toErrorData } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { Kinds } from "./kind.ts";

const interrupted: ErrorData = toErrorData(
  new FloppyError(
    "RUN_INTERRUPTED",
    "Floppy stopped before this run was over.",
    "Nothing that was done is lost. A medium that was not verified cannot boot. Go on with the run, or put it aside.",
  ),
);

const unfinished: ErrorData = toErrorData(
  new FloppyError(
    "CANCELLED",
    "The run was cancelled before it was over.",
    "A medium that was not verified cannot boot; a disk that was begun is half installed. Go on with the run, or start another one.",
  ),
);

/** Null for a run that was put aside: it says nothing new. */
export function deviceStatus(kinds: Kinds, run: Run): DeviceStatus | null {
  const { status } = run;
  switch (status.state) {
    case "running":
      return kinds.phase(run, status.phase).meanwhile;
    case "done":
      return kinds.of(run).done;
    case "failed":
      return { state: "failed", error: status.error };
    case "cancelled":
      return kinds.phase(run, status.phase).leaves(unfinished);
    case "interrupted":
    case "paused":
      return kinds.phase(run, status.phase).leaves(interrupted);
    case "dismissed":
      return null;
  }
}

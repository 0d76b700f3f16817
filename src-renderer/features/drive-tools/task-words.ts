import type { DriveRequest, DriveTask, TaskStage } from "#contract/drive-tasks.ts";
import { SAVED_SECRETS } from "#contract/media.ts";
import { formatSpeed } from "../../ui/format.ts";
import type { Tone } from "../../ui/StateMark.tsx";

/** What is done to the drive, for a heading: `Saving`. */
export function taskVerb(request: DriveRequest): string {
  switch (request.kind) {
    case "test":
      return request.mode === "full" ? "Testing all of" : "Testing";
    case "save":
      return "Saving";
    case "restore":
      return "Emptying";
  }
}

export const stageWords: Record<TaskStage, string> = {
  write: "written",
  verify: "read back",
  save: "saved",
};

/** The outcome in two or three words, for the drive's card. */
export function taskState({ request, status }: DriveTask): { tone: Tone; word: string } {
  switch (status.state) {
    case "running":
      return { tone: "running", word: `${taskVerb(request).split(" ")[0]}…` };
    case "cancelled":
      return { tone: "paused", word: "Cancelled" };
    case "failed":
      return { tone: "bad", word: failures[status.error.code] ?? "Failed" };
    case "done":
      return { tone: "good", word: successes[status.result.kind] };
  }
}

const failures: Partial<Record<string, string>> = {
  DRIVE_FAKE: "Holds less than it says",
  DRIVE_VERIFY_FAILED: "Loses what is written",
  DRIVE_READ_ONLY: "Has become read-only",
  DRIVE_SLOW: "Slows to a crawl",
};

const successes = { test: "Passed its test", save: "Saved", restore: "Empty and usable" } as const;

/** What cancelling now would leave behind. */
export function taskLeaves(request: DriveRequest): string {
  switch (request.kind) {
    case "test":
      return request.mode === "full"
        ? "What was on the drive is gone. Nothing else is touched."
        : "It is done in a moment, and puts back what it borrowed.";
    case "save":
      return "The half image is removed. The drive is not changed.";
    case "restore":
      return "The drive is erased and holds nothing yet.";
  }
}

/** What came of it, in whole sentences. */
export function resultWords({ status }: DriveTask): string[] {
  if (status.state !== "done") return [];
  const { result } = status;
  if (result.kind === "restore") return ["One partition, which every system reads and writes."];
  if (result.kind === "save") return ["The drive was only read.", SAVED_SECRETS];
  const { pace } = result.report;
  if (!pace) {
    return [
      "It holds what it says, as far as a quick look tells. What is on it is as it was.",
      "Only a full test tries every byte.",
    ];
  }
  return [
    "Every byte was written and read back the same.",
    `Writes ${formatSpeed(pace.write.median)}, at its slowest ${formatSpeed(pace.write.slowest)}.`,
    `Reads ${formatSpeed(pace.read.median)}, at its slowest ${formatSpeed(pace.read.slowest)}.`,
    "It is empty now. Empty it once more to make it usable.",
  ];
}

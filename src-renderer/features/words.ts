import type { Host } from "#contract/catalog.ts";
import type { DeviceStatus } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import type { ImageChoice } from "#contract/images.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import { formatMedium } from "../ui/format.ts";
import type { Tone } from "../ui/StateMark.tsx";

type Medium = Host["medium"];

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function driveWords(drive: Drive): string {
  return `${drive.name}, ${formatMedium(drive.identity.sizeBytes)}`;
}

export function imageWords(choice: ImageChoice, target: string): string {
  return choice.kind === "build" ? target : fileName(choice.path);
}

export const deviceStates: Record<DeviceStatus["state"], { tone: Tone; word: string }> = {
  registered: { tone: "none", word: "Registered" },
  building: { tone: "running", word: "Building" },
  writing: { tone: "running", word: "Writing" },
  verifying: { tone: "running", word: "Verifying" },
  flashed: { tone: "good", word: "Flashed" },
  failed: { tone: "bad", word: "Failed" },
};

export const runStates: Record<Run["status"]["state"], { tone: Tone; word: string }> = {
  running: { tone: "running", word: "Running" },
  done: { tone: "good", word: "Verified" },
  failed: { tone: "bad", word: "Failed" },
  cancelled: { tone: "paused", word: "Cancelled" },
  interrupted: { tone: "paused", word: "Interrupted" },
  dismissed: { tone: "none", word: "Put aside" },
};

/** What a run in that phase is doing, for a heading: `Writing the card`. */
export function phaseHeading(phase: PhaseName, run: Run): string {
  if (phase === "write") return `Writing the ${run.medium}`;
  if (phase === "verify") return `Reading the ${run.medium} back`;
  return run.imageChoice.kind === "build" ? "Building the image" : "Reading the image";
}

const whileDoing: Record<PhaseName, string> = {
  image: "while its image was prepared",
  write: "while writing",
  verify: "while verifying",
};

/** What a run that ended in that phase leaves on its medium. */
export function leftBehind(phase: PhaseName, medium: Medium): string {
  if (phase === "image") return `Nothing was written to the ${medium}.`;
  if (phase === "write") return `If writing had begun, the ${medium} is half written and cannot boot.`;
  return `The ${medium} was not verified, so it cannot boot.`;
}

/** What cancelling now would leave behind. */
export function cancelLeaves(phase: PhaseName, medium: Medium): string {
  if (phase === "image") return `Nothing has been written to the ${medium} yet; it stays as it is.`;
  if (phase === "write") return `The ${medium} stays half written and cannot boot. Nothing else is touched.`;
  return `The ${medium} is not verified yet, so it will not boot. Nothing else is touched.`;
}

/** One line for a run that ended early: whose, how, and where. */
export function endedWords(run: Run): string | null {
  const { status } = run;
  if (status.state === "interrupted") {
    return `A run of ${run.serial} was interrupted ${whileDoing[status.phase]}.`;
  }
  if (status.state === "cancelled")
    return `A run of ${run.serial} was cancelled ${whileDoing[status.phase]}.`;
  if (status.state === "failed") return `A run of ${run.serial} failed ${whileDoing[status.phase]}.`;
  return null;
}

import type { Host } from "#contract/catalog.ts";
import type { DeviceStatus } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import type { ImageChoice } from "#contract/images.ts";
import { isTargetPhase, type PhaseName, type Run } from "#contract/runs.ts";
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
  return choice.kind === "file" ? fileName(choice.path) : target;
}

export const deviceStates: Record<DeviceStatus["state"], { tone: Tone; word: string }> = {
  registered: { tone: "none", word: "Registered" },
  building: { tone: "running", word: "Building" },
  writing: { tone: "running", word: "Writing" },
  verifying: { tone: "running", word: "Verifying" },
  flashed: { tone: "good", word: "Flashed" },
  awaited: { tone: "look", word: "Stick ready" },
  installing: { tone: "running", word: "Installing" },
  provisioned: { tone: "good", word: "Provisioned" },
  failed: { tone: "bad", word: "Failed" },
};

export const runStates: Record<Run["status"]["state"], { tone: Tone; word: string }> = {
  running: { tone: "running", word: "Running" },
  done: { tone: "good", word: "Verified" },
  failed: { tone: "bad", word: "Failed" },
  cancelled: { tone: "paused", word: "Cancelled" },
  interrupted: { tone: "paused", word: "Interrupted" },
  paused: { tone: "paused", word: "Paused" },
  dismissed: { tone: "none", word: "Put aside" },
};

export const phaseNames: Record<PhaseName, string> = {
  image: "Image",
  write: "Write",
  verify: "Verify",
  boot: "Boot",
  reach: "Reach",
  plan: "Disk",
  partition: "Partition",
  mount: "Mount",
  configure: "Configure",
  install: "Install",
  check: "Check",
  reboot: "Restart",
  confirm: "Confirm",
};

const imageHeadings: Record<ImageChoice["kind"], string> = {
  build: "Building the image",
  download: "Downloading the image",
  file: "Reading the image",
};

/** What a run in that phase is doing, for a heading: `Writing the card`. */
export function phaseHeading(phase: PhaseName, run: Run): string {
  switch (phase) {
    case "image":
      return imageHeadings[run.imageChoice.kind];
    case "write":
      return `Writing the ${run.medium}`;
    case "verify":
      return `Reading the ${run.medium} back`;
    case "boot":
      return "Boot the machine from the stick";
    case "reach":
      return "Reaching the machine";
    case "plan":
      return run.installation?.plan ? "Preparing the system" : "Looking at the machine";
    case "partition":
      return "Erasing and laying out the disk";
    case "mount":
      return "Mounting the new file systems";
    case "configure":
      return "Copying flake and identity";
    case "install":
      return "Installing the system";
    case "check":
      return "Checking what was installed";
    case "reboot":
      return "Restarting the machine";
    case "confirm":
      return "Waiting for the device to confirm itself";
  }
}

const whileDoing: Record<PhaseName, string> = {
  image: "while its image was prepared",
  write: "while writing",
  verify: "while verifying",
  boot: "before its machine was booted",
  reach: "while its machine was looked for",
  plan: "before its disk was erased",
  partition: "while its disk was laid out",
  mount: "while its disk was mounted",
  configure: "while it was configured",
  install: "while it was installed",
  check: "while it was checked",
  reboot: "while it restarted",
  confirm: "before it confirmed itself",
};

/** How far the target's own disk has come, whenever its run ends in that phase. */
function diskState(phase: PhaseName): string {
  switch (phase) {
    case "boot":
    case "reach":
    case "plan":
      return "The stick is ready, and nothing was written to the machine’s disks.";
    case "partition":
      return "The chosen disk may be erased and holds no system. No other disk was touched.";
    case "mount":
    case "configure":
    case "install":
      return "The chosen disk is laid out and holds no whole system yet. No other disk was touched.";
    case "check":
      return "The system is on the disk and was not checked to the end. The machine was not restarted.";
    default:
      return "The system is on the disk and was checked. It has not confirmed itself yet.";
  }
}

/** What a run that ended in that phase leaves on its medium. */
export function leftBehind(phase: PhaseName, medium: Medium): string {
  if (isTargetPhase(phase)) return diskState(phase);
  if (phase === "image") return `Nothing was written to the ${medium}.`;
  if (phase === "write") return `If writing had begun, the ${medium} is half written and cannot boot.`;
  return `The ${medium} was not verified, so it cannot boot.`;
}

/** What cancelling now would leave behind. */
export function cancelLeaves(phase: PhaseName, medium: Medium): string {
  if (isTargetPhase(phase)) return `${diskState(phase)} You can go on later.`;
  if (phase === "image") return `Nothing has been written to the ${medium} yet; it stays as it is.`;
  if (phase === "write") return `The ${medium} stays half written and cannot boot. Nothing else is touched.`;
  return `The ${medium} is not verified yet, so it will not boot. Nothing else is touched.`;
}

/** One line for a run that ended early: whose, how, and where. */
export function endedWords(run: Run): string | null {
  const { status } = run;
  switch (status.state) {
    case "interrupted":
      return `A run of ${run.serial} was interrupted ${whileDoing[status.phase]}.`;
    case "cancelled":
      return `A run of ${run.serial} was cancelled ${whileDoing[status.phase]}.`;
    case "failed":
      return `A run of ${run.serial} failed ${whileDoing[status.phase]}.`;
    case "paused":
      return `A run of ${run.serial} paused before “${phaseNames[status.phase]}”.`;
    default:
      return null;
  }
}

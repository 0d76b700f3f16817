import type { Host } from "#contract/catalog.ts";
import type { DeviceStatus } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import type { ImageChoice } from "#contract/images.ts";
import { isTargetPhase, type PhaseName, type Run, type TargetPhase } from "#contract/runs.ts";
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
  if (choice.kind === "practice") return "The practice image";
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
  reboot: "Reboot",
  confirm: "Confirm",
};

/** Whether the disk is chosen, and the system that goes there is being built. */
function isPreparing(run: Run): boolean {
  const plan = run.phases.find(({ name }) => name === "plan");
  return plan?.status.state === "running" && plan.status.progress?.kind === "build";
}

const imageHeadings: Record<ImageChoice["kind"], string> = {
  build: "Building the image",
  download: "Downloading the image",
  file: "Reading the image",
  practice: "Making the practice image",
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
      return isPreparing(run) ? "Preparing its system" : "Looking at the machine";
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
      return "Rebooting the machine";
    case "confirm":
      return "Waiting for the device to confirm itself";
  }
}

/** The sentence below that heading: what one may count on meanwhile. */
export function phaseLead(phase: PhaseName, run: Run): string {
  switch (phase) {
    case "boot":
      return "The stick is ready. This screen goes on by itself as soon as the machine is seen.";
    case "reach":
      return "Floppy makes sure that it is the machine that was booted from this stick. Nothing is written yet.";
    case "plan":
      return isPreparing(run)
        ? "Nothing is erased yet: the disk is touched only once its system is ready."
        : "Its disks, memory and firmware. Nothing is written yet.";
    case "reboot":
    case "confirm":
      return "It restarts from its own disk. If it starts from the stick again, take the stick out and restart it.";
    default:
      return "You can leave this screen. The run goes on, and the left side tells where it stands.";
  }
}

/** What a phase does, for `… failed` and `Cancelled while …`. */
export const phaseActs: Record<PhaseName, string> = {
  image: "getting the image",
  write: "writing",
  verify: "verifying",
  boot: "booting from the stick",
  reach: "reaching the machine",
  plan: "preparing the machine",
  partition: "laying out the disk",
  mount: "mounting the disk",
  configure: "configuring the system",
  install: "installing the system",
  check: "checking the system",
  reboot: "rebooting the machine",
  confirm: "confirming the device",
};

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
  reboot: "while it rebooted",
  confirm: "before it confirmed itself",
};

/** How far the target's own disk has come, whenever its run ends in that phase. */
function diskState(phase: TargetPhase): string {
  switch (phase) {
    case "boot":
    case "reach":
    case "plan":
      return "The stick is ready, and nothing was written to the machine’s disks.";
    case "partition":
      return "The chosen disk may be erased and holds no system. No other disk was touched.";
    case "mount":
      return "The chosen disk is erased and laid out, and holds no system. No other disk was touched.";
    case "configure":
      return "The chosen disk is laid out and holds no system yet. No other disk was touched.";
    case "install":
      return "The chosen disk is laid out and holds no whole system yet. No other disk was touched.";
    case "check":
      return "The system is on the disk and was not checked to the end. The machine was not restarted.";
    case "reboot":
      return "The system is on the disk and was checked. The machine may be restarting.";
    case "confirm":
      return "The system is on the disk and was checked. It has not confirmed itself yet.";
  }
}

/** What the machine itself has to be doing for its run to go on at that phase. */
export function machineNeeds(phase: PhaseName): string {
  switch (phase) {
    case "boot":
      return "Boot the machine from the stick.";
    case "reboot":
    case "confirm":
      return "If the machine started from the stick again, take the stick out and restart it.";
    default:
      return "If the machine was restarted or switched off meanwhile, boot it from the stick again: Floppy finds it, and mounts what it has laid out.";
  }
}

/** What a run that ended in that phase leaves on its medium. */
export function leftBehind(phase: PhaseName, medium: Medium): string {
  if (isTargetPhase(phase)) return diskState(phase);
  if (phase === "image") return `Nothing was written to the ${medium}.`;
  if (phase === "write") return `If writing had begun, the ${medium} is half written and cannot boot.`;
  return `The ${medium} was not verified, so it cannot boot.`;
}

const later = "You can go on later.";
/** What becomes of a cancelled run's machine. */
const afterCancel: Record<TargetPhase, string> = {
  boot: later,
  reach: later,
  plan: later,
  partition: "The machine cannot start from it until you go on.",
  mount: "The machine cannot start from it until you go on.",
  configure: "The machine cannot start from it until you go on.",
  install: "What was copied stays there: you can go on later.",
  check: later,
  reboot: later,
  confirm: "The device runs; only its own word is missing.",
};

/** What cancelling now would leave behind. */
export function cancelLeaves(phase: PhaseName, medium: Medium): string {
  if (isTargetPhase(phase)) return `${diskState(phase)} ${afterCancel[phase]}`;
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

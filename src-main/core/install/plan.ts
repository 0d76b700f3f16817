/** What will be done to a target, computed before anything is. */

import type { System } from "#contract/catalog.ts";
import { FloppyError } from "#contract/errors.ts";
import type { HardwareFacts } from "#contract/hardware.ts";
import type { Layout } from "#contract/layout.ts";
import type { BuildPlace, InstallPlan, PlannedCommand, TargetDisk, TargetFacts } from "#contract/targets.ts";
import { formatBytes } from "../text/format.ts";
import { mountCommands, partitionCommands } from "./disk-commands.ts";
import { configureCommands, finishCommands, installCommands } from "./system-commands.ts";

const MEBIBYTE = 1024 ** 2;
const GIBIBYTE = 1024 ** 3;

/** Where the system is pushed, the live system needs memory for itself and for nix; where it builds, for that too. */
const LEAST_MEMORY: Record<BuildPlace, number> = { here: 900 * MEBIBYTE, target: 3.5 * GIBIBYTE };
/** The smallest root that a system with a few generations lives in. */
const LEAST_ROOT_BYTES = 3 * GIBIBYTE;
/** Room that a new system must leave on its own disk. */
const SPARE_SHARE = 1.2;

export const untouched = "Nothing was written to the machine. Its disks are as they were.";

function unsuited(message: string, hint: string): FloppyError {
  return new FloppyError("TARGET_UNSUITED", message, `${untouched} ${hint}`);
}

/** Bytes that the layout takes before the root gets any. */
export function leastDiskBytes({ partitions }: Layout): number {
  return partitions.reduce((sum, { sizeMiB }) => sum + (sizeMiB ?? 0) * MEBIBYTE, LEAST_ROOT_BYTES);
}

/** Throws TARGET_UNSUITED where the machine as a whole cannot be installed. */
export function refuseUnsuited({ firmware, memoryBytes }: TargetFacts, place: BuildPlace): void {
  if (firmware !== "uefi") {
    throw unsuited(
      "The machine was started in legacy BIOS mode; the system needs UEFI.",
      "Turn on UEFI (and off: CSM, legacy boot) in its firmware’s setup, then boot from the stick again.",
    );
  }
  const least = LEAST_MEMORY[place];
  if (memoryBytes >= least) return;
  throw unsuited(
    `The machine has ${formatBytes(memoryBytes)} of memory; ${place === "here" ? "the installation" : "building on it"} needs ${formatBytes(least)}.`,
    place === "here" ? "Put in more memory." : "Have the system built here, or put in more memory.",
  );
}

/** Throws TARGET_UNSUITED where the systems of the host do not run on the machine. */
export function refuseOtherPlatform({ platform }: HardwareFacts, system: System): void {
  if (platform === system) return;
  throw unsuited(
    `The machine is ${platform}; the system that was chosen is for ${system}.`,
    "Write the stick again for a host of the machine’s own kind.",
  );
}

/** Two partitions of the same name in one machine: the installed system would mount either. */
function refuseNameClash(layout: Layout, disk: TargetDisk, disks: TargetDisk[]): void {
  const names = layout.partitions.map(({ label }) => label);
  const clash = disks.find(
    ({ key, volumes }) =>
      key !== disk.key && volumes.some(({ label }) => label !== null && names.includes(label)),
  );
  if (!clash) return;
  throw unsuited(
    `${clash.name} already carries a system of Floppy’s, whose partitions have the same names.`,
    "Choose that disk, or take it out or erase it first: the machine could start either.",
  );
}

export function chosenDisk({ disks }: TargetFacts, diskKey: string): TargetDisk {
  const disk = disks.find(({ key }) => key === diskKey);
  if (!disk)
    throw new FloppyError(
      "INVALID_INPUT",
      "The machine has no such disk.",
      `${untouched} Choose one of its disks.`,
    );
  if (disk.refusal !== null)
    throw unsuited(`${disk.name} cannot be chosen: ${disk.refusal}`, "Choose another disk.");
  return disk;
}

export function makePlan(
  { facts, layout, target }: { facts: TargetFacts; layout: Layout; target: string },
  diskKey: string,
  buildPlace: BuildPlace,
): InstallPlan {
  refuseUnsuited(facts, buildPlace);
  const disk = chosenDisk(facts, diskKey);
  refuseNameClash(layout, disk, facts.disks);
  const commands: PlannedCommand[] = [
    ...partitionCommands(layout, disk),
    ...mountCommands(layout, disk),
    ...configureCommands,
    ...installCommands(target, buildPlace),
    ...finishCommands,
  ];
  return { disk, layout, buildPlace, commands };
}

/** Throws TARGET_UNSUITED where a built system does not fit onto the disk. */
export function refuseTooLarge({ disk, layout }: InstallPlan, closureBytes: number): void {
  const taken = leastDiskBytes(layout) - LEAST_ROOT_BYTES;
  const needed = taken + closureBytes * SPARE_SHARE;
  if (disk.identity.sizeBytes >= needed) return;
  throw unsuited(
    `The system needs ${formatBytes(needed)}; ${disk.name} has ${formatBytes(disk.identity.sizeBytes)}.`,
    "Choose a larger disk, or a role with less in it.",
  );
}

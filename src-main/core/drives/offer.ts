import type { BlockDevices } from "./block-devices.ts";
import { type DescribedDrive, describePractice, describeRemovable } from "./describe.ts";
import { isPracticeLoop, isRemovableDisk } from "./kinds.ts";
import { systemUses } from "./system.ts";

/**
 * The drives to choose from. `listed` are the paths of the disks that drivelist knows; none at all means that it failed,
 * and our own rules alone are strict enough: the writer asks no other. Which of them can be taken
 * out, and which hold the running system, is judged here: drivelist looks at neither mounts nor serial numbers,
 * and its idea of removable changes with lsblk's version.
 * `found` must have been read with the paths of all practice files.
 */
export function offeredDrives(found: BlockDevices, listed: ReadonlySet<string>): DescribedDrive[] {
  return [...removableDrives(found, listed), ...practiceDrives(found)];
}

function removableDrives(found: BlockDevices, listed: ReadonlySet<string>): DescribedDrive[] {
  return found.devices
    .filter((device) => isRemovableDisk(device) && (listed.size === 0 || listed.has(device.path)))
    .filter((device) => device.sizeBytes > 0 && device.settled)
    .filter((device) => systemUses(found, device.name).length === 0)
    .map((device) => describeRemovable(found, device));
}

function practiceDrives(found: BlockDevices): DescribedDrive[] {
  return found.files.flatMap((file) => {
    const attached = found.devices.find(
      (device) => isPracticeLoop(device) && device.backingFile === file.path,
    );
    if (attached && systemUses(found, attached.name).length > 0) return [];
    return [describePractice(found, file, attached)];
  });
}

import type { Placed } from "./unmount-order.ts";

/** One block device as the kernel knows it: a disk, a partition, or something stacked on them. */
export type BlockDevice = {
  /** The kernel's name: `sdb1`, `dm-0`. Everything else refers to a device by it. */
  name: string;
  path: string;
  /** As lsblk says it: `disk`, `part`, `loop`, `crypt`, `lvm`, `raid1`, `rom` … */
  type: string;
  /** What it lies on: a partition's disk, a mapping's members, the device that holds a loop device's file. */
  parents: string[];
  sizeBytes: number;
  readOnly: boolean;
  logicalSectorBytes: number;
  /** The medium can be taken out (a card reader's slot), says the drive. */
  removable: boolean;
  /** It hangs on a bus that can be unplugged, says lsblk, whose rules differ by version and kernel. */
  hotplug: boolean;
  transport: string | null;
  /** From the device up to its controller: `block:scsi:usb:pci`. */
  subsystems: string[];
  /** Whether an mmcblk device is a card (`SD`) or soldered in (`MMC`). */
  cardType: string | null;
  vendor: string | null;
  model: string | null;
  serial: string | null;
  wwn: string | null;
  /** Names of links in `/dev/disk/by-id` and `by-path`. */
  byId: string | null;
  byPath: string | null;
  diskSequence: number | null;
  /** Where a partition begins on its disk. */
  startBytes: number | null;
  label: string | null;
  partitionLabel: string | null;
  filesystem: string | null;
  /** The file behind a loop device. */
  backingFile: string | null;
  /** Whether udev has finished with it, so that its serial and links will not change any more. */
  settled: boolean;
};

/** A mounted file system, with every device that it lies on directly (Btrfs may have several), in doubt too many. */
export type Mount = Placed & {
  source: string;
  target: string;
  filesystem: string;
  devices: string[];
  /** Those of them that the kernel itself vouches for: a source may say what it likes. */
  certainDevices: string[];
  /** It is mounted for the system's first process, and not for this one. */
  elsewhere: boolean;
};

/** Swap in use: a partition, or a file on a mounted file system. */
export type Swap = { path: string; devices: string[] };

/** A regular file that was asked about by its path. */
export type PlainFile = { path: string; sizeBytes: number; readOnly: boolean };

/** This machine's storage at one moment. */
export type BlockDevices = {
  /** When this computer starts anew, the kernel counts disks from the beginning. */
  bootId: string;
  devices: BlockDevice[];
  /** In the order in which they were mounted. */
  mounts: Mount[];
  swaps: Swap[];
  files: PlainFile[];
};

/** The names of a device and of all that lies on it, at any depth. */
export function stackOn(found: BlockDevices, name: string): Set<string> {
  const stack = new Set([name]);
  for (const member of stack) {
    for (const device of found.devices) if (device.parents.includes(member)) stack.add(device.name);
  }
  return stack;
}

/** Whether a mount is of the device or its partitions beyond doubt: by its number, and through no file. */
export function liesOn(found: BlockDevices, name: string, mount: Mount): boolean {
  const parts = found.devices.filter(
    (device) => device.backingFile === null && device.parents.includes(name),
  );
  const names = [name, ...parts.map((part) => part.name)];
  return mount.certainDevices.some((device) => names.includes(device));
}

/** What is mounted from a device at any depth, last mounted first: the order in which to unmount. */
export function mountsOn(found: BlockDevices, name: string): Mount[] {
  const stack = stackOn(found, name);
  return found.mounts.filter((mount) => mount.devices.some((device) => stack.has(device))).reverse();
}

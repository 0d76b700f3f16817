import type { BlockDevice } from "./block-devices.ts";

/** The file of a practice drive ends so; no other file, and no loop device on another file, is ever written. */
export const PRACTICE_SUFFIX = ".floppy-practice";

/** USB sticks and readers are `sd…`, cards in a slot of the machine `mmcblk…`; boot partitions of an eMMC, RAM
 * disks, optical drives, arrays and mappings have other names. */
const driveNames = /^(sd[a-z]+|mmcblk[0-9]+)$/;

const internalTransports = ["sata", "ata", "ide", "nvme", "sas", "fc", "iscsi", "spi", "pcie", "virtio"];

export function isUsb(device: BlockDevice): boolean {
  return device.transport === "usb" || device.subsystems.includes("usb");
}

export function isCard(device: BlockDevice): boolean {
  return device.name.startsWith("mmcblk") && device.cardType === "SD";
}

/**
 * Whether a disk can be taken out. `hotplug` alone is believed only off the buses inside a machine: some firmware
 * sets it for every SATA port. An eMMC is soldered in, whatever its flags say.
 */
export function isRemovable(device: BlockDevice): boolean {
  if (isUsb(device) || isCard(device)) return true;
  if (device.name.startsWith("mmcblk")) return false;
  if (device.removable) return true;
  return device.hotplug && !internalTransports.includes(device.transport ?? "");
}

export function isPracticeLoop(device: BlockDevice): boolean {
  return device.type === "loop" && (device.backingFile?.endsWith(PRACTICE_SUFFIX) ?? false);
}

export function isRemovableDisk(device: BlockDevice): boolean {
  return driveNames.test(device.name) && isRemovable(device);
}

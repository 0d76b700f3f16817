import type { Drive, Volume } from "#contract/drives.ts";
import { type BlockDevice, type BlockDevices, mountsOn, type PlainFile } from "./block-devices.ts";
import { deviceIdentity, fileIdentity } from "./identity.ts";
import { isCard, isUsb } from "./kinds.ts";
import { practiceName } from "./practice.ts";

/** A drive as the doors show it, but for whether this process may write it, which only trying tells. */
export type DescribedDrive = Omit<Drive, "writable">;

export function describeRemovable(found: BlockDevices, device: BlockDevice): DescribedDrive {
  return {
    key: driveKey(device),
    name: driveName(device),
    identity: deviceIdentity(device),
    kind: "removable",
    transport: transportOf(device),
    port: device.byPath,
    readOnly: device.readOnly,
    volumes: volumesOf(found, device),
  };
}

/** `file` is the practice drive's; `attached` is its loop device, if it has one. */
export function describePractice(
  found: BlockDevices,
  file: PlainFile,
  attached: BlockDevice | undefined,
): DescribedDrive {
  const { key, name } = practiceName(file.path);
  return {
    key,
    name,
    identity: attached ? deviceIdentity(attached) : fileIdentity(file),
    kind: "practice",
    transport: attached ? "loop" : "file",
    port: null,
    readOnly: (attached ?? file).readOnly,
    volumes: attached ? volumesOf(found, attached) : [],
  };
}

/**
 * Another stick at the same path, or the same stick plugged in again, has another key.
 * Kernels before 5.15 do not count attached disks; there the path parts two sticks without serial numbers.
 */
function driveKey(device: BlockDevice): string {
  const { name, sizeBytes, diskSequence } = device;
  // What udev calls it changes while it stays where it is: a twin that is plugged in takes its links.
  if (diskSequence !== null) return [name, sizeBytes, diskSequence].join("/");
  return [device.byId ?? device.wwn ?? device.serial ?? name, sizeBytes, device.path].join("/");
}

function driveName(device: BlockDevice): string {
  const model = readable(device.model);
  const vendor = /^(0x|ATA$|Generic)/i.test(device.vendor ?? "") ? "" : readable(device.vendor);
  const name = model.toLowerCase().startsWith(vendor.toLowerCase()) ? model : `${vendor} ${model}`.trim();
  if (isCard(device)) return name ? `SD card ${name}` : "SD card";
  return name || (isUsb(device) ? "USB drive" : "Drive");
}

/** udev writes blanks as underscores. */
function readable(text: string | null): string {
  return (text ?? "").replaceAll("_", " ").replace(/\s+/g, " ").trim();
}

function transportOf(device: BlockDevice): Drive["transport"] {
  if (isUsb(device)) return "usb";
  if (isCard(device)) return "mmc";
  return device.transport === "sata" || device.transport === "nvme" ? device.transport : "other";
}

/** The partitions in their order on the disk, or the file system that fills all of it. */
function volumesOf(found: BlockDevices, disk: BlockDevice): Volume[] {
  const partitions = found.devices
    .filter((device) => device.type === "part" && device.parents.includes(disk.name))
    .toSorted((one, other) => (one.startBytes ?? 0) - (other.startBytes ?? 0));
  if (partitions.length > 0) return partitions.map((partition) => toVolume(found, partition));
  const inUse = disk.filesystem !== null || mountsOn(found, disk.name).length > 0;
  return inUse ? [{ ...toVolume(found, disk), offset: 0 }] : [];
}

function toVolume(found: BlockDevices, device: BlockDevice): Volume {
  return {
    path: device.path,
    label: device.label ?? device.partitionLabel,
    filesystem: device.filesystem,
    offset: device.startBytes,
    sizeBytes: device.sizeBytes,
    mountpoints: [...new Set(mountsOn(found, device.name).map((mount) => mount.target))].reverse(),
  };
}

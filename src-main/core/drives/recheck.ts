import type { DriveIdentity } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";
import {
  type BlockDevice,
  type BlockDevices,
  liesOn,
  type Mount,
  mountsOn,
  type PlainFile,
} from "./block-devices.ts";
import { deviceIdentity, fileIdentity } from "./identity.ts";
import { isPracticeLoop, isRemovableDisk, PRACTICE_SUFFIX } from "./kinds.ts";
import { systemUses } from "./system.ts";

/** A drive that is only read may be write-protected. */
export type DriveUse = "write" | "read";

/** What is mounted from a drive: its own file systems, and what only seems to lie on it, or is another namespace's. */
export type DriveMount = Mount & { isOwn: boolean };

/** A drive that may be written now. */
export type CheckedDrive = {
  path: string;
  kind: "device" | "file";
  logicalSectorBytes: number;
  mounts: DriveMount[];
};

const untouched = "Nothing was written.";

/**
 * The last look before the first byte, at what is there now and not at what the request says of it.
 * `found` must be fresh, and for a practice file it must have been read with that file's path.
 */
export function recheckDrive(
  expected: DriveIdentity,
  imageBytes: number,
  found: BlockDevices,
  use: DriveUse = "write",
): CheckedDrive {
  const device = found.devices.find((candidate) => candidate.path === expected.path);
  if (device && device.sizeBytes > 0) return recheckDevice(expected, imageBytes, found, device, use);
  const file = found.files.find((candidate) => candidate.path === expected.path);
  if (file) return recheckFile(expected, imageBytes, file, use);
  // Whatever is there or is not: nobody learns from the answer what they may not see themselves.
  if (!mayBeDrive(expected.path)) throw unsafe(expected.path);
  throw new FloppyError(
    "DRIVE_GONE",
    `${expected.path} is not there any more.`,
    `${untouched} Plug the drive in again and choose it again.`,
    { path: expected.path },
  );
}

function mayBeDrive(path: string): boolean {
  return path.startsWith("/dev/") || path.endsWith(PRACTICE_SUFFIX);
}

function recheckDevice(
  expected: DriveIdentity,
  imageBytes: number,
  found: BlockDevices,
  device: BlockDevice,
  use: DriveUse,
): CheckedDrive {
  refuseSystem(found, device);
  if (!isRemovableDisk(device) && !isPracticeLoop(device)) throw unsafe(device.path);
  refuseReplaced(expected, deviceIdentity(device));
  refuseUnfit(device, imageBytes, use);
  const mounts = mountsOn(found, device.name).map((mount) => ({
    ...mount,
    isOwn: !mount.elsewhere && liesOn(found, device.name, mount),
  }));
  const { path, logicalSectorBytes } = device;
  return { path, kind: "device", logicalSectorBytes, mounts };
}

function recheckFile(
  expected: DriveIdentity,
  imageBytes: number,
  file: PlainFile,
  use: DriveUse,
): CheckedDrive {
  if (!file.path.endsWith(PRACTICE_SUFFIX)) throw unsafe(file.path);
  refuseReplaced(expected, fileIdentity(file));
  refuseUnfit(file, imageBytes, use);
  return { path: file.path, kind: "file", logicalSectorBytes: 512, mounts: [] };
}

function refuseSystem(found: BlockDevices, device: BlockDevice): void {
  const uses = systemUses(found, device.name);
  if (uses.length === 0) return;
  throw new FloppyError(
    "DRIVE_SYSTEM",
    `This computer runs from ${device.path} (${uses.join(", ")}).`,
    `${untouched} Choose a card or a stick.`,
    { path: device.path, uses },
  );
}

function unsafe(path: string): FloppyError {
  return new FloppyError(
    "DRIVE_UNSAFE",
    `${path} is neither a whole removable drive nor a practice drive.`,
    `${untouched} Choose a card, a stick or a practice drive.`,
    { path },
  );
}

const compared = ["byId", "serial", "wwn", "model", "sizeBytes", "diskSequence"] as const;

function refuseReplaced(expected: DriveIdentity, now: DriveIdentity): void {
  const field = compared.find((candidate) => expected[candidate] !== now[candidate]);
  if (!field) return;
  throw new FloppyError(
    "DRIVE_REPLACED",
    `${now.path} is not the drive that was chosen, or it was plugged in again since.`,
    `${untouched} Look at what is plugged in and choose the drive again.`,
    { path: now.path, field, expected: expected[field], found: now[field] },
  );
}

function refuseUnfit(drive: BlockDevice | PlainFile, imageBytes: number, use: DriveUse): void {
  const { path, sizeBytes } = drive;
  if (drive.readOnly && use === "write") {
    throw new FloppyError(
      "DRIVE_READ_ONLY",
      `${path} is read-only.`,
      `${untouched} Slide the lock on the card’s side, or take another drive.`,
      { path },
    );
  }
  if (imageBytes <= sizeBytes) return;
  throw new FloppyError(
    "IMAGE_TOO_LARGE",
    `The image needs ${imageBytes} bytes, ${path} has ${sizeBytes}.`,
    `${untouched} Take a larger drive.`,
    { path, imageBytes, sizeBytes },
  );
}

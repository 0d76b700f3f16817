import { constants } from "node:fs";
import { open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Drive } from "#contract/drives.ts";
import { FloppyError } from "#contract/errors.ts";
import { systemReason } from "#contract/system-errors.ts";
import { practiceFileName, practiceName } from "#core/drives/practice.ts";
import type { PracticeDrives } from "#core/ports/drives.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { makeFolder } from "#linux/make-folder.ts";
import { listDrives } from "./drives.ts";
import { attachLoop, detachLoop } from "./loops.ts";
import { practiceFiles } from "./practice-folder.ts";

/** Drives for training and tests: files in `folder`, each behind a loop device where this user may attach one. */
export function createPracticeDrives({ folder }: { folder: string }): PracticeDrives {
  return {
    create: (sizeBytes) => create(folder, sizeBytes),
    remove: (driveKey) => remove(folder, driveKey),
  };
}

async function create(folder: string, sizeBytes: number): Promise<Drive> {
  makePlace(folder);
  await requireSpace(folder, sizeBytes);
  const path = await createFile(folder, sizeBytes);
  await attachLoop(path);
  const { key } = practiceName(path);
  const drive = (await listDrives(folder)).find((candidate) => candidate.key === key);
  if (!drive) throw unavailable(new Error(`${path} vanished`));
  return drive;
}

function makePlace(folder: string): void {
  try {
    makeFolder(folder, 0o700);
  } catch (thrown) {
    unavailable(thrown);
  }
}

/** The file is sparse, but a drive that fails in the middle for want of space would teach the wrong lesson. */
async function requireSpace(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= sizeBytes) return;
  throw new FloppyError(
    "DISK_FULL",
    `A practice drive of ${sizeBytes} bytes does not fit: ${bavail * bsize} are free in ${folder}.`,
    "Nothing was made. Free some space, or make a smaller practice drive.",
    { folder, sizeBytes, freeBytes: bavail * bsize },
  );
}

async function createFile(folder: string, sizeBytes: number): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, practiceFileName(number));
    const file = await open(path, "wx", 0o600).catch(unlessTaken);
    if (!file) continue;
    await file
      .truncate(sizeBytes)
      .catch((thrown: unknown) => rm(path).then(() => unavailable(thrown)))
      .finally(() => file.close());
    return path;
  }
}

function unlessTaken(thrown: NodeJS.ErrnoException): null {
  return thrown.code === "EEXIST" ? null : unavailable(thrown);
}

function unavailable(thrown: unknown): never {
  const { code } = thrown as NodeJS.ErrnoException;
  throw new FloppyError(
    code === "ENOSPC" ? "DISK_FULL" : "PRACTICE_UNAVAILABLE",
    `No practice drive could be made: ${systemReason(thrown)}.`,
    "Nothing was made. See to it that Floppy’s data folder can be written and has space.",
  );
}

async function remove(folder: string, driveKey: string): Promise<void> {
  const path = (await practiceFiles(folder))
    .map((file) => file.path)
    .find((candidate) => practiceName(candidate).key === driveKey);
  if (path === undefined) {
    throw new FloppyError(
      "DRIVE_UNSAFE",
      `${driveKey} is no practice drive of Floppy’s.`,
      "Nothing was removed. Choose a practice drive from the list.",
      { driveKey },
    );
  }
  const { devices } = await readBlockDevices();
  for (const device of devices) if (device.backingFile === path) await detach(device.path);
  await rm(path);
}

async function detach(device: string): Promise<void> {
  if (!(await inUse(device)) && (await detachLoop(device))) return;
  throw new FloppyError(
    "DRIVE_BUSY",
    `The practice drive ${device} is in use.`,
    "Nothing was removed. Wait until it is written, or unmount it, then remove it again.",
    { device },
  );
}

/** Losetup would detach a drive in use later, and say nothing. A user who may not open it is told by udisks. */
async function inUse(device: string): Promise<boolean> {
  return open(device, constants.O_RDONLY | constants.O_EXCL).then(
    (handle) => handle.close().then(() => false),
    (thrown: NodeJS.ErrnoException) => thrown.code === "EBUSY",
  );
}

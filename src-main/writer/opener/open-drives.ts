import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DriveIdentity } from "#contract/drives.ts";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { type DriveJob, drivesOf } from "#core/drives/agreement.ts";
import type { BlockDevices } from "#core/drives/block-devices.ts";
import { type CheckedDrive, recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { checkClaimed, hold, openFile } from "../drive/claim.ts";
import { driveError, untouched } from "../drive/errors.ts";
import { liesOnDrive } from "../drive/own-place.ts";
import { onDrive } from "../drive/trouble.ts";
import type { Emit } from "../progress.ts";

export type OpenedDrive = {
  outcome: "opened";
  path: string;
  handle: FileHandle;
  locked: FileHandle | null;
  isOpen: boolean;
};
type RefusedDrive = { outcome: "refused"; path: string; error: ErrorData };

/**
 * Opens the drives of a job, each as it was confirmed. What is no block device is left to the writer, and so to the rights
 * of the user who asked: no file is looked at here, so that nobody learns what root alone may see.
 */
export async function openDrives(job: DriveJob, emit: Emit): Promise<(OpenedDrive | RefusedDrive)[]> {
  const found = await readBlockDevices();
  const opening = drivesOf(job).map((drive, target) => {
    const log = (text: string) =>
      emit({ event: "log", level: "info", text, ...(job.job === "flash" && { target }) });
    return openOne(job, drive, found, log).catch((thrown: unknown): RefusedDrive => {
      return { outcome: "refused", path: drive.path, error: toErrorData(thrown) };
    });
  });
  return (await Promise.all(opening)).filter((drive) => drive !== null);
}

async function openOne(
  job: DriveJob,
  expected: DriveIdentity,
  found: BlockDevices,
  log: (text: string) => void,
): Promise<OpenedDrive | null> {
  const { path } = expected;
  if (!found.devices.some((device) => device.path === path && device.sizeBytes > 0)) return null;
  const use = job.job === "save" || job.job === "identity" ? "read" : "write";
  const checked = recheckDrive(expected, job.job === "flash" ? job.image.sizeBytes : 0, found, use);
  const place = placeOf(job);
  // The writer says so, before anything is unmounted.
  if (place !== null && (await liesOnDrive(place, checked.mounts))) return null;
  try {
    const { handle, locked } = job.job === "identity" ? await look(checked) : await hold(checked, log, use);
    await onDrive(() => checkClaimed(handle, checked, expected));
    return { outcome: "opened", path, handle, locked, isOpen: true };
  } catch (error) {
    throw driveError(error, path, untouched);
  }
}

async function look({ path }: CheckedDrive): Promise<{ handle: FileHandle; locked: null }> {
  return { handle: await onDrive(() => openFile(path, constants.O_RDONLY)), locked: null };
}

/** What Floppy itself needs while it works on the drive. */
function placeOf(job: DriveJob): string | null {
  if (job.job === "flash") return job.arriving?.path ?? job.image.path;
  if (job.job === "test") return dirname(job.journalFolder);
  return job.job === "save" ? dirname(resolve(job.path)) : null;
}

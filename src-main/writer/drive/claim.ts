import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { DriveIdentity } from "#contract/drives.ts";
import type { CheckedDrive } from "#core/drives/recheck.ts";
import { handedDrive } from "../opener/handed.ts";
import { blamed, type RawHandle } from "./blamed-handle.ts";
import { deviceNumber } from "./device-number.ts";
import { driveBusy, driveError, driveReplaced, untouched } from "./errors.ts";
import { guarded } from "./guarded-handle.ts";
import { findHolders } from "./holders.ts";
import { lock } from "./lock.ts";
import { type MediumWatch, noWatch, watchMedium } from "./medium-watch.ts";
import { release } from "./release.ts";
import type { OpenDrive } from "./target.ts";
import { onDrive } from "./trouble.ts";

/** Whoever holds the drive longer than this is named instead of waited for. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 200;
const SYSFS_SECTOR_BYTES = 512;
/** File systems want direct reads and writes aligned to their blocks. */
const FILE_ALIGNMENT = 4096;

/** Makes the drive this process's own: locked, unmounted, open exclusively and past the page cache. */
export async function claim(
  checked: CheckedDrive,
  expected: DriveIdentity,
  log: (text: string) => void,
  use: "write" | "read" = "write",
): Promise<OpenDrive> {
  const { path, kind, logicalSectorBytes } = checked;
  const handed = await handedDrive(path);
  try {
    const { handle, locked } = handed ?? (await hold(checked, log, use));
    const watch = await onDrive(() => watchClaimed(handle, checked, expected, handed?.reopen));
    const alignment = kind === "file" ? FILE_ALIGNMENT : logicalSectorBytes;
    const { sizeBytes } = expected;
    const own = guarded(blamed(handle, checked), watch);
    return { path, handle: own, lost: watch.lost, locked, sizeBytes, alignment };
  } catch (error) {
    // A link where the drive was: opened with O_NOFOLLOW, it is none.
    throw hasCode(error, "ELOOP") ? driveReplaced(path) : driveError(error, path, untouched);
  }
}

/** Locks, unmounts and opens a drive; whether it is the one that was meant is for `checkClaimed` to say. */
export async function hold(
  checked: CheckedDrive,
  log: (text: string) => void,
  use: "write" | "read",
): Promise<{ handle: FileHandle; locked: FileHandle }> {
  const { path, kind } = checked;
  const deadlineMs = performance.now() + PATIENCE_MS;
  const locked = await onDrive(() => open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  await lock(path, locked, deadlineMs);
  await release(checked, deadlineMs, log);
  const access = use === "write" ? constants.O_RDWR : constants.O_RDONLY;
  const handle = await onDrive(() =>
    kind === "file" ? openFile(path, access) : openDevice(path, access, deadlineMs),
  );
  return { handle, locked };
}

async function openDevice(path: string, access: number, deadlineMs: number): Promise<FileHandle> {
  for (;;) {
    try {
      const { O_EXCL, O_DIRECT, O_NOFOLLOW } = constants;
      return await open(path, access | O_EXCL | O_DIRECT | O_NOFOLLOW);
    } catch (error) {
      if (!hasCode(error, "EBUSY")) throw error;
      if (performance.now() > deadlineMs) throw driveBusy(path, await findHolders(path));
      await sleep(RETRY_MS);
    }
  }
}

/** Without direct access where the file system has none: it then keeps files in memory and nowhere else. */
export async function openFile(path: string, access: number): Promise<FileHandle> {
  const { O_DIRECT, O_NOFOLLOW } = constants;
  try {
    return await open(path, access | O_DIRECT | O_NOFOLLOW);
  } catch (error) {
    if (!hasCode(error, "EINVAL")) throw error;
    return open(path, access | O_NOFOLLOW);
  }
}

/** Between the look and the opening another drive can have taken the name. Its folder in sysfs, or null for a file. */
export async function checkClaimed(
  handle: Pick<RawHandle, "stat">,
  { path, kind }: CheckedDrive,
  { sizeBytes, diskSequence }: DriveIdentity,
): Promise<string | null> {
  const stats = await handle.stat();
  if (kind === "file") {
    if (!stats.isFile() || stats.size !== sizeBytes) throw driveReplaced(path);
    return null;
  }
  if (!stats.isBlockDevice()) throw driveReplaced(path);
  const folder = `/sys/dev/block/${deviceNumber(stats.rdev)}`;
  const sectors = Number(await readFile(`${folder}/size`, "utf8"));
  const sequence = await readFile(`${folder}/diskseq`, "utf8").then(Number, () => null);
  if (sectors * SYSFS_SECTOR_BYTES !== sizeBytes || sequence !== diskSequence) throw driveReplaced(path);
  return folder;
}

/** What is open now stays; whether its medium stays too is watched from here on. */
export async function watchClaimed(
  handle: Pick<RawHandle, "fd" | "stat">,
  checked: CheckedDrive,
  expected: DriveIdentity,
  reopen?: () => Promise<boolean>,
): Promise<MediumWatch> {
  const folder = await checkClaimed(handle, checked, expected);
  if (folder === null) return noWatch;
  const { sizeBytes, diskSequence } = expected;
  return watchMedium({ handle, folder, sizeBytes, diskSequence }, reopen);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

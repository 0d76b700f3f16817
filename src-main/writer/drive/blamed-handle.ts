import type { Stats } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { basename } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import type { CheckedDrive } from "#core/drives/recheck.ts";
import { DriveTrouble, onDrive } from "./trouble.ts";

/** All that is done with a drive once it is claimed. */
export type DriveHandle = {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** A drive as the kernel opened it, for this process or for the one that handed it over. */
export type RawHandle = DriveHandle & { fd: number; stat(): Promise<Stats> };

/** So little is left free where a write of a MiB did not fit. */
const FULL_BYTES = 4 * 1024 ** 2;

/** What fails here is the drive's own fault, unless it is a practice drive, and the disk that holds it is full. */
export function blamed(handle: DriveHandle, { path, kind }: CheckedDrive): DriveHandle {
  const perform = <Result>(act: () => Promise<Result>) =>
    onDrive(act).catch(async (error: unknown) => {
      const isFull = error instanceof DriveTrouble && ["ENOSPC", "EDQUOT", "EFBIG"].includes(error.code);
      throw isFull && (await isHolderFull(path, kind)) ? practiceFull(path) : error;
    });
  return {
    read: (...what) => perform(() => handle.read(...what)),
    write: (...what) => perform(() => handle.write(...what)),
    sync: () => perform(() => handle.sync()),
    close: () => handle.close(),
  };
}

async function isHolderFull(path: string, kind: CheckedDrive["kind"]): Promise<boolean> {
  const file = kind === "file" ? path : await backingFile(path);
  if (file === null) return false;
  const { bavail, bsize } = await statfs(file).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }));
  return bavail * bsize < FULL_BYTES;
}

async function backingFile(path: string): Promise<string | null> {
  const attribute = `/sys/class/block/${basename(path)}/loop/backing_file`;
  return readFile(attribute, "utf8").then(
    (text) => text.trim(),
    () => null,
  );
}

function practiceFull(path: string): FloppyError {
  return new FloppyError(
    "DISK_FULL",
    `The disk of this computer that holds the practice drive ${path} is full.`,
    "What was written to it is of no use. Free some space, or make a smaller practice drive, then start over.",
    { path },
  );
}

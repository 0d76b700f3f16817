import type { FileHandle } from "node:fs/promises";
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

/** What fails here is the drive's own fault, unless it is a practice drive, and the disk that holds it is full. */
export function blamed(handle: FileHandle, { path, kind }: CheckedDrive): DriveHandle {
  const isPractice = kind === "file" || path.startsWith("/dev/loop");
  const perform = <Result>(act: () => Promise<Result>) =>
    onDrive(act).catch((error: unknown) => {
      throw isPractice && isFull(error) ? practiceFull(path) : error;
    });
  return {
    read: (...what) => perform(() => handle.read(...what)),
    write: (...what) => perform(() => handle.write(...what)),
    sync: () => perform(() => handle.sync()),
    close: () => handle.close(),
  };
}

function isFull(error: unknown): boolean {
  return error instanceof DriveTrouble && ["ENOSPC", "EDQUOT", "EFBIG"].includes(error.code);
}

function practiceFull(path: string): FloppyError {
  return new FloppyError(
    "DISK_FULL",
    `The disk of this computer that holds the practice drive ${path} is full.`,
    "What was written to it is of no use. Free some space, or make a smaller practice drive, then start over.",
    { path },
  );
}

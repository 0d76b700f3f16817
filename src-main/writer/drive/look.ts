import { constants } from "node:fs";
import type { DriveIdentity } from "#contract/drives.ts";
import type { CheckedDrive } from "#core/drives/recheck.ts";
import { handedDrive } from "../opener/handed.ts";
import { alignedBuffer } from "./aligned-buffer.ts";
import { blamed, type DriveHandle } from "./blamed-handle.ts";
import { openFile, watchClaimed } from "./claim.ts";
import { driveError } from "./errors.ts";
import { guarded } from "./guarded-handle.ts";
import { DriveTrouble, onDrive } from "./trouble.ts";

/** A drive that is only looked at. */
export type SeenDrive = { read(offset: number, bytes: number): Promise<Buffer>; close(): Promise<void> };

const unchanged = "The drive was not changed.";
/** File systems want direct reads aligned to their blocks; a drive takes what they do. */
const ALIGNMENT = 4096;

/** Opens a drive past the page cache and beside whoever uses it: nothing is locked, unmounted or waited for. */
export async function lookAt(checked: CheckedDrive, expected: DriveIdentity): Promise<SeenDrive> {
  const { path } = checked;
  const failed = (thrown: unknown): never => {
    throw driveError(thrown, path, unchanged);
  };
  const open = () => onDrive(() => openFile(path, constants.O_RDONLY));
  const handed = await handedDrive(path);
  const handle = handed?.handle ?? (await open().catch(failed));
  const watch = await onDrive(() => watchClaimed(handle, checked, expected, handed?.reopen)).catch(
    async (thrown) => {
      await handle.close();
      return failed(thrown);
    },
  );
  const drive = guarded(blamed(handle, checked), watch);
  return { read: (offset, bytes) => readRange(drive, offset, bytes).catch(failed), close: drive.close };
}

async function readRange(handle: DriveHandle, offset: number, bytes: number): Promise<Buffer> {
  const from = Math.floor(offset / ALIGNMENT) * ALIGNMENT;
  const to = Math.ceil((offset + bytes) / ALIGNMENT) * ALIGNMENT;
  const buffer = alignedBuffer(to - from, ALIGNMENT);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
  if (from + bytesRead < offset + bytes) throw new DriveTrouble("EIO", "the drive gave only a part");
  return buffer.subarray(offset - from, offset - from + bytes);
}

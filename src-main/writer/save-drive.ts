import { dirname, extname, resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { isLossy } from "#contract/utf8.ts";
import type { SaveJob, WriterEvent } from "#contract/writer.ts";
import { recheckDrive } from "#core/drives/recheck.ts";
import { readBlockDevices } from "#linux/block-devices.ts";
import { alignedBuffer } from "./drive/aligned-buffer.ts";
import { claim } from "./drive/claim.ts";
import { driveError } from "./drive/errors.ts";
import { liesOnDrive } from "./drive/own-place.ts";
import type { OpenDrive } from "./drive/target.ts";
import { DriveTrouble } from "./drive/trouble.ts";
import { type Emit, reportProgress } from "./progress.ts";
import { fileError, fileUnwritable } from "./save/errors.ts";
import { type Output, rawOutput, zstdOutput } from "./save/output.ts";
import { createPartialFile } from "./save/partial-file.ts";
import { type SavedExtent, usedPart } from "./save/used-part.ts";

type Saved = Extract<WriterEvent, { event: "saved" }>;

const CHUNK_BYTES = 1024 ** 2;
const SECTOR_BYTES = 512;
const state = "The drive was not changed, and the half image was removed again.";

/** Reads a drive into an image file, which gets its name when it is whole. The drive is only read. */
export async function saveDrive(job: SaveJob, emit: Emit): Promise<Saved> {
  const log = (text: string) => emit({ event: "log", level: "info", text });
  const startedMs = performance.now();
  const path = resolve(job.path);
  refuseOtherFormats(path);
  if (isLossy(path)) throw fileUnwritable(path, "its name is not UTF-8");
  const checked = recheckDrive(job.drive, 0, await readBlockDevices([job.drive.path]), "read");
  // The drive is unmounted while it is read, and could not hold its own image anyway.
  if (await liesOnDrive(dirname(path), checked.mounts))
    throw fileUnwritable(path, "it would lie on the very drive that is saved");
  const drive = await claim(checked, job.drive, log, "read");
  try {
    const sectorBytes = checked.kind === "device" ? checked.logicalSectorBytes : SECTOR_BYTES;
    const used = job.part === "used" ? await findUsedPart(drive, sectorBytes) : null;
    if (job.part === "used" && !used)
      log("No table tells which part of the drive is used: all of it is saved.");
    const extent = used ?? { sizeBytes: drive.sizeBytes, patches: [] };
    const file = await writeImage(path, job.replace, drive, extent, emit);
    const seconds = (performance.now() - startedMs) / 1000;
    const { sizeBytes } = extent;
    return { event: "saved", saved: { path, part: used ? "used" : "all", sizeBytes, ...file, seconds } };
  } finally {
    await Promise.all([drive.handle.close(), drive.locked.close()]);
  }
}

function refuseOtherFormats(path: string): void {
  const extension = extname(path);
  if (![".gz", ".xz", ".bz2", ".zip"].includes(extension)) return;
  throw new FloppyError(
    "INVALID_INPUT",
    `Floppy does not save as ${extension}.`,
    "Nothing was done. End the name in .zst for a packed image, or in .img for a raw one.",
  );
}

async function findUsedPart(drive: OpenDrive, sectorBytes: number): Promise<SavedExtent | null> {
  const length = Math.min(CHUNK_BYTES, drive.sizeBytes);
  const head = alignedBuffer(CHUNK_BYTES, drive.alignment);
  await readInto(drive, head, 0, length);
  return usedPart(head.subarray(0, length), sectorBytes, drive.sizeBytes);
}

async function writeImage(
  path: string,
  replace: boolean,
  drive: OpenDrive,
  extent: SavedExtent,
  emit: Emit,
): Promise<{ fileBytes: number; sha256: string }> {
  const file = await createPartialFile(path, replace);
  try {
    const isPacked = extname(path) === ".zst";
    const output = isPacked ? zstdOutput(file.handle, extent.sizeBytes) : rawOutput(file.handle);
    await copyOut(drive, extent, output, emit);
    const written = await output.finish();
    await file.finish();
    return written;
  } catch (error) {
    await file.remove().catch(() => undefined);
    throw fileError(path, error);
  }
}

/** One chunk is read while the one before it is written. */
async function copyOut(drive: OpenDrive, extent: SavedExtent, output: Output, emit: Emit): Promise<void> {
  const { sizeBytes } = extent;
  const buffers = [0, 1].map(() => alignedBuffer(CHUNK_BYTES, drive.alignment));
  const readAt = async (position: number) => {
    const chunk = buffers[(position / CHUNK_BYTES) % 2] ?? Buffer.alloc(0);
    const length = Math.max(0, Math.min(CHUNK_BYTES, sizeBytes - position));
    if (length > 0) await readInto(drive, chunk, position, length);
    patch(chunk, position, extent);
    return chunk.subarray(0, length);
  };
  let position = 0;
  const stopReporting = reportProgress("save", sizeBytes, () => position, emit);
  try {
    let next = readAt(0);
    while (position < sizeBytes) {
      const chunk = await next;
      next = readAt(position + CHUNK_BYTES);
      // The next reading fails on its own time.
      next.catch(() => undefined);
      await output.write(chunk);
      position += chunk.length;
    }
  } finally {
    stopReporting();
  }
}

/** Direct reads are whole blocks; the end of a file may be none. */
async function readInto(drive: OpenDrive, buffer: Buffer, position: number, length: number): Promise<void> {
  const whole = Math.ceil(length / drive.alignment) * drive.alignment;
  try {
    const { bytesRead } = await drive.handle.read(buffer, 0, whole, position);
    if (bytesRead < length) throw new DriveTrouble("EIO", "the drive gave only a part");
  } catch (error) {
    throw driveError(error, drive.path, state);
  }
}

function patch(chunk: Buffer, position: number, { patches }: SavedExtent): void {
  for (const { offset, bytes } of patches) {
    const from = offset - position;
    if (from < chunk.length && from + bytes.length > 0) {
      bytes.copy(chunk, Math.max(0, from), Math.max(0, -from));
    }
  }
}

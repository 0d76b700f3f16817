import { type FileHandle, open, stat } from "node:fs/promises";
import type { ImageFormat, Inspection } from "#contract/images.ts";
import type { Arrival } from "./arrival.ts";
import {
  imageChanged,
  imageEmpty,
  imageFormatUnknown,
  imageLost,
  imageNotFound,
  imageUnreadable,
} from "./errors.ts";
import { detectFormat, SIGNATURE_BYTES } from "./format.ts";

const READ_BYTES = 1024 ** 2;

type ReadHandle = {
  stat(): Promise<{ size: number; mtimeMs: number }>;
  close(): Promise<void>;
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesRead: number; buffer: Buffer }>;
};

/** An image file opened for reading, known by its bytes. */
export type ImageFile = {
  path: string;
  handle: ReadHandle;
  format: ImageFormat;
  fileBytes: number;
  modifiedMs: number;
  /** Of a file that is still being downloaded: reading waits for it, so nothing is looked up at its end. */
  arrival: Arrival | null;
};

export async function openImageFile(path: string): Promise<ImageFile> {
  return readable(path, () => openRegularFile(path));
}

/** Opens an image that is still being downloaded, as which it was announced; `part` is where it lies until then. */
export async function openArrivingFile(
  { path, format, fileBytes, modifiedMs }: Inspection,
  part: string,
  arrival: Arrival,
): Promise<ImageFile> {
  // It becomes whole in one step, maybe right now.
  const handle = await openReadable(part).catch(() => openReadable(path));
  const blamed = ofImage(path, handle);
  const waiting: ReadHandle = {
    ...blamed,
    async read(buffer, offset, length, position) {
      await arrival.reaches(Math.min(position + length, fileBytes));
      return blamed.read(buffer, offset, length, position);
    },
  };
  return { path, handle: waiting, format, fileBytes, modifiedMs, arrival };
}

/** Opens the file that was inspected; IMAGE_CHANGED where it is another one by now. */
export async function reopenImageFile(inspected: Inspection): Promise<ImageFile> {
  const file = await openImageFile(inspected.path);
  const same =
    file.fileBytes === inspected.fileBytes &&
    file.modifiedMs === inspected.modifiedMs &&
    file.format === inspected.format;
  if (same) return file;
  await file.handle.close();
  throw imageChanged(inspected.path);
}

/** IMAGE_CHANGED where somebody wrote to the file since it was opened; one that is arriving must have come whole. */
export async function refuseChanged(file: ImageFile): Promise<void> {
  if (file.arrival) return file.arrival.whole;
  const { size, mtimeMs } = await file.handle.stat();
  if (size !== file.fileBytes || mtimeMs !== file.modifiedMs) throw imageChanged(file.path);
}

function openReadable(path: string): Promise<FileHandle> {
  return readable(path, () => open(path, "r"));
}

async function readable<Opened>(path: string, act: () => Promise<Opened>): Promise<Opened> {
  try {
    // Asked before opening: to open a pipe would wait for its other end.
    if (!(await stat(path)).isFile()) throw imageUnreadable(path, "it is no regular file");
    return await act();
  } catch (error) {
    throw fileError(error, path);
  }
}

/** What fails here is the fault of the disk that holds the image, not of the drive that is written from it. */
function ofImage(path: string, handle: FileHandle): ReadHandle {
  const perform = <Result>(act: () => Promise<Result>) =>
    act().catch((error: Error) => {
      throw imageLost(path, error.message);
    });
  return {
    read: (...what) => perform(() => handle.read(...what)),
    stat: () => perform(() => handle.stat()),
    close: () => handle.close(),
  };
}

async function openRegularFile(path: string): Promise<ImageFile> {
  const handle = await open(path, "r");
  try {
    const { size, mtimeMs } = await handle.stat();
    if (size === 0) throw imageEmpty();
    const head = await readAt(handle, 0, SIGNATURE_BYTES);
    const tail = await readAt(handle, Math.max(0, size - 512), 512);
    const detected = detectFormat(head, tail);
    if (detected.kind === "refused") throw imageFormatUnknown(detected.name, "is");
    const { format } = detected;
    const blamed = ofImage(path, handle);
    return { path, handle: blamed, format, fileBytes: size, modifiedMs: mtimeMs, arrival: null };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** The file as it lies on disk, from its beginning. Each chunk is good until the next one is asked for. */
export function readChunks(file: ImageFile): AsyncGenerator<Buffer> {
  return readSpan(file, 0, Number.POSITIVE_INFINITY);
}

/** A part of it. Ends where the file does. */
export async function* readSpan(
  file: ImageFile,
  start: number,
  end: number,
  chunkBytes = READ_BYTES,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  for (let position = start; position < end; ) {
    const { bytesRead } = await file.handle.read(buffer, 0, Math.min(chunkBytes, end - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function fileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  const missing = "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
  return missing ? imageNotFound(path) : imageUnreadable(path, error.message);
}

import { decode } from "./decode.ts";
import { imageChanged } from "./errors.ts";
import { type ImageFile, readChunks } from "./image-file.ts";
import { applyPatches, type Patch } from "./patches.ts";

/** Fills the buffer with the next bytes of the image; fewer only at its end, then 0. */
export type ImageReader = (buffer: Buffer) => Promise<number>;

/** The unpacked, personalised image from its beginning: exactly `sizeBytes` long, or IMAGE_CHANGED. */
export function createReader(file: ImageFile, sizeBytes: number, patches: readonly Patch[]): ImageReader {
  const fill = file.format === "raw" ? rawReader(file, sizeBytes) : unpackingReader(file);
  let position = 0;
  return async (buffer) => {
    const filled = await fill(buffer);
    const end = position + filled;
    if (end > sizeBytes || (filled < buffer.length && end < sizeBytes)) throw imageChanged(file.path);
    applyPatches(buffer.subarray(0, filled), position, patches);
    position = end;
    return filled;
  };
}

/** The image of a reader with something behind it. */
export function withTail(read: ImageReader, tail: Buffer): ImageReader {
  let position = 0;
  return async (buffer) => {
    const filled = await read(buffer);
    const copied = tail.copy(buffer, filled, position);
    position += copied;
    return filled + copied;
  };
}

/** Straight into the buffer that goes to the drive. Bytes that were appended meanwhile are not looked at. */
function rawReader(file: ImageFile, sizeBytes: number): ImageReader {
  let position = 0;
  return async (buffer) => {
    const wanted = Math.min(buffer.length, sizeBytes - position);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await file.handle.read(buffer, filled, wanted - filled, position);
      if (bytesRead === 0) break;
      filled += bytesRead;
      position += bytesRead;
    }
    return filled;
  };
}

function unpackingReader(file: ImageFile): ImageReader {
  const chunks = decode(file.format, readChunks(file));
  let rest: Buffer = Buffer.alloc(0);
  return async (buffer) => {
    let filled = 0;
    while (filled < buffer.length) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) break;
        rest = next.value;
      }
      const copied = rest.copy(buffer, filled);
      filled += copied;
      rest = rest.subarray(copied);
    }
    return filled;
  };
}

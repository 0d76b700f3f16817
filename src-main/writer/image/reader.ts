import { imageChanged } from "./errors.ts";
import type { ImageFile } from "./image-file.ts";
import { unpack } from "./unpack.ts";

/** Fills the buffer with the next bytes of the image; fewer only at its end, then 0. */
export type ImageReader = (buffer: Buffer) => Promise<number>;

/** The unpacked image from a place on, up to exactly `sizeBytes`, or IMAGE_CHANGED. */
export function createReader(file: ImageFile, sizeBytes: number, from = 0): ImageReader {
  const fill = file.format === "raw" ? rawReader(file, sizeBytes, from) : unpackingReader(file, from);
  let position = from;
  return async (buffer) => {
    const filled = await fill(buffer);
    const end = position + filled;
    if (end > sizeBytes || (filled < buffer.length && end < sizeBytes)) throw imageChanged(file.path);
    position = end;
    return filled;
  };
}

/** Straight into the buffer that goes to the drive. Bytes that were appended meanwhile are not looked at. */
function rawReader(file: ImageFile, sizeBytes: number, from: number): ImageReader {
  let position = from;
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

function unpackingReader(file: ImageFile, from: number): ImageReader {
  const chunks = unpack(file, { from });
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

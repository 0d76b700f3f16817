import { retryOnTransientError } from "etcher-sdk/build/errors.js";
import { CHUNK_BYTES, type Digest } from "./digest.ts";
import { alignedBuffer } from "./drive/aligned-buffer.ts";
import type { Target } from "./drive/target.ts";
import type { ImageReader } from "./image/reader.ts";

/** Chunks that may wait for the drive: unpacking comes in bursts. */
const CHUNKS_AHEAD = 16;
const RETRIES = 5;
const RETRY_BASE_MS = 100;

/**
 * Copies the image to the drive, reading ahead while the drive writes. etcher-sdk's own pipe is not used for it:
 * its buffers go round, and where unpacking is fast (a run of zeros in an .xz) it fills one again that still waits
 * to be written.
 */
export async function copy(
  read: ImageReader,
  target: Target,
  digest: Digest,
  onWritten: (position: number) => void,
): Promise<void> {
  const slots = Array.from({ length: CHUNKS_AHEAD }, () => ({
    buffer: alignedBuffer(CHUNK_BYTES, target.alignment),
    written: Promise.resolve(),
  }));
  let lastWrite = Promise.resolve();
  let position = 0;
  const append = async (chunk: Buffer, offset: number, previous: Promise<void>) => {
    await previous;
    await retryOnTransientError(() => target.write(chunk, 0, chunk.length, offset), RETRIES, RETRY_BASE_MS);
    onWritten(offset + chunk.length);
  };
  for (const slot of around(slots)) {
    await slot.written;
    const bytes = await read(slot.buffer);
    if (bytes === 0) break;
    const chunk = slot.buffer.subarray(0, bytes);
    digest.add(chunk);
    lastWrite = slot.written = append(chunk, position, lastWrite);
    // Met again where the slot or the last write is waited for; until then it is no unhandled one.
    lastWrite.catch(() => undefined);
    position += bytes;
  }
  await lastWrite;
  await target.sync();
}

function* around<T>(items: readonly T[]): Generator<T> {
  for (;;) yield* items;
}

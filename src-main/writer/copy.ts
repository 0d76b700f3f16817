import { retryOnTransientError } from "etcher-sdk/build/errors.js";
import type { Part } from "./differences.ts";
import { type Digest, hashBytes } from "./digest.ts";
import type { Target } from "./drive/target.ts";
import type { Chunk } from "./image/shared-image.ts";
import type { OldContent } from "./old-content.ts";

const RETRIES = 5;
const RETRY_BASE_MS = 100;

/**
 * Copies the image to the drive, getting the next chunk ready while the drive writes the last one. etcher-sdk's own
 * pipe is not used for it: its buffers go round, and where unpacking is fast (a run of zeros in an .xz) it fills one
 * again that still waits to be written.
 */
export async function copy(
  chunks: AsyncIterable<Chunk>,
  target: Target,
  old: OldContent,
  digest: Digest,
  onReached: (position: number) => void,
): Promise<void> {
  const put = async ({ position, bytes, hash }: Chunk, parts: Part[]) => {
    for (const { start, end } of parts) {
      const part = bytes.subarray(start, end);
      const offset = position + start;
      await retryOnTransientError(() => target.write(part, 0, part.length, offset), RETRIES, RETRY_BASE_MS);
      const whole = part.length === bytes.length;
      digest.wrote({ offset, length: part.length, hash: whole ? hash : hashBytes(part) });
    }
    onReached(position + bytes.length);
  };
  let writing = Promise.resolve();
  for await (const chunk of chunks) {
    digest.add(chunk.hash);
    const missing = await old.missing(chunk.bytes, chunk.position);
    await writing;
    writing = put(chunk, missing);
    // Met again where it is waited for; until then it is no unhandled one.
    writing.catch(() => undefined);
  }
  await writing;
  await target.sync();
}

import { CHUNK_BYTES, Digest } from "./digest.ts";
import { alignedBuffer } from "./drive/aligned-buffer.ts";
import { BadStretches } from "./drive/bad-stretches.ts";
import { verifyFailed } from "./drive/errors.ts";
import type { Target } from "./drive/target.ts";

/** Reads the drive back and compares it with what was written: all of it, so that a bad drive is told by how bad it is. */
export async function verify(
  target: Target,
  written: Digest,
  sizeBytes: number,
  onRead: (position: number) => void,
): Promise<void> {
  const found = new Digest();
  const bad = new BadStretches();
  const buffers = [0, 1].map(() => alignedBuffer(CHUNK_BYTES, target.alignment));
  const readAt = async (position: number) => {
    const buffer = buffers[(position / CHUNK_BYTES) % 2] ?? Buffer.alloc(0);
    const wanted = Math.min(CHUNK_BYTES, sizeBytes - position);
    const { bytesRead } = await target.read(buffer, 0, Math.max(0, wanted), position);
    return buffer.subarray(0, bytesRead);
  };
  let next = readAt(0);
  for (let position = 0; position < sizeBytes; position += CHUNK_BYTES) {
    const chunk = await next;
    next = readAt(position + CHUNK_BYTES);
    // The next reading fails on its own time.
    next.catch(() => undefined);
    found.add(chunk);
    bad.add(position, chunk.length, !found.startsLike(written));
    onRead(position + chunk.length);
  }
  bad.refuse(target.path);
  if (found.checksum() !== written.checksum()) throw verifyFailed(target.path, null);
}

import { type Digest, hashBytes } from "./digest.ts";
import { BadStretches } from "./drive/bad-stretches.ts";
import type { Target } from "./drive/target.ts";

/**
 * Reads back what was written, a stretch ahead of its comparing: all of it, so that a bad drive is told by how bad it is.
 */
export async function verify(
  target: Target,
  { written }: Digest,
  onRead: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const read = async (index: number) => {
    const buffer = target.scratch(index);
    const { offset, length } = written[index] ?? { offset: 0, length: 0 };
    const { bytesRead } = await target.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const bad = new BadStretches();
  let next = read(0);
  let total = 0;
  for (const [index, { offset, length, hash }] of written.entries()) {
    const found = await next;
    signal.throwIfAborted();
    next = read(index + 1);
    // The next reading fails on its own time.
    next.catch(() => undefined);
    bad.add(offset, length, found.length !== length || hashBytes(found) !== hash);
    total += length;
    onRead(total);
  }
  bad.refuse(target.path);
}

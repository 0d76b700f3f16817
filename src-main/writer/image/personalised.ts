import { CHUNK_BYTES, hashBytes } from "../digest.ts";
import { alignedBuffer } from "../drive/aligned-buffer.ts";
import { applyPatches, type Patch } from "./patches.ts";
import { ALIGNMENT, type Chunk } from "./shared-image.ts";

/** What makes an image one drive's own: changes in it, and what follows it. */
export type Own = { patches: readonly Patch[]; tail: Buffer };

/**
 * The image that all drives share as one of them is to hold it. Chunks that are the same for all are handed on, not
 * copied.
 */
export async function* personalised(
  chunks: AsyncIterable<Chunk>,
  { patches, tail }: Own,
): AsyncGenerator<Chunk> {
  let imageBytes = 0;
  let tailBytes = 0;
  const make = (position: number, shared: Buffer): Chunk => {
    const length = Math.min(CHUNK_BYTES, shared.length + tail.length - tailBytes);
    const bytes = alignedBuffer(length, ALIGNMENT);
    shared.copy(bytes);
    applyPatches(bytes, position, patches);
    tailBytes += tail.copy(bytes, shared.length, tailBytes);
    return { position, bytes, hash: hashBytes(bytes) };
  };
  for await (const shared of chunks) {
    const { position, bytes } = shared;
    imageBytes = position + bytes.length;
    const touched = patches.some((patch) => overlaps(patch, position, bytes.length));
    const joined = bytes.length < CHUNK_BYTES && tail.length > 0;
    yield touched || joined ? make(position, bytes) : shared;
  }
  while (tailBytes < tail.length) yield make(imageBytes + tailBytes, Buffer.alloc(0));
}

function overlaps({ offset, bytes }: Patch, position: number, length: number): boolean {
  return offset < position + length && offset + bytes.length > position;
}

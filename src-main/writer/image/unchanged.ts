import type { Inspection } from "#contract/images.ts";
import { Digest } from "../digest.ts";
import { imageChanged } from "./errors.ts";
import type { Chunk } from "./shared-image.ts";

/** The chunks of an image, or IMAGE_CHANGED at their end where they are not those that were inspected. */
export async function* unchanged(
  chunks: AsyncIterable<Chunk>,
  { path, contentHash }: Pick<Inspection, "path" | "contentHash">,
): AsyncGenerator<Chunk> {
  const digest = new Digest();
  for await (const chunk of chunks) {
    digest.add(chunk.hash);
    yield chunk;
  }
  if (contentHash !== undefined && digest.checksum() !== contentHash) throw imageChanged(path);
}

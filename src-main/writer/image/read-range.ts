import { imageTruncated } from "./errors.ts";
import type { ImageFile } from "./image-file.ts";
import { unpack } from "./unpack.ts";

/** A stretch of the unpacked image. Most compressed ones are unpacked from their beginning up to it. */
export async function readRange(file: ImageFile, offset: number, bytes: number): Promise<Buffer> {
  const result = Buffer.alloc(bytes);
  const filled =
    file.format === "raw"
      ? (await file.handle.read(result, 0, bytes, offset)).bytesRead
      : await unpackInto(result, file, offset);
  if (filled < bytes) throw imageTruncated();
  return result;
}

async function unpackInto(result: Buffer, file: ImageFile, offset: number): Promise<number> {
  let filled = 0;
  for await (const chunk of unpack(file, { from: offset })) {
    filled += chunk.copy(result, filled);
    if (filled === result.length) break;
  }
  return filled;
}

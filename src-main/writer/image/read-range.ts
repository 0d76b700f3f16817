import { decode } from "./decode.ts";
import { imageTruncated } from "./errors.ts";
import { type ImageFile, readChunks } from "./image-file.ts";

/** A stretch of the unpacked image. Compressed ones are unpacked from their beginning up to it. */
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
  let position = 0;
  for await (const chunk of decode(file.format, readChunks(file))) {
    const from = offset - position;
    if (from < chunk.length) chunk.copy(result, Math.max(0, -from), Math.max(0, from));
    position += chunk.length;
    if (position >= offset + result.length) break;
  }
  return Math.max(0, Math.min(position - offset, result.length));
}

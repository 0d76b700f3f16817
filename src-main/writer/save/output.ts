import { createHash } from "node:crypto";
import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { constants, createZstdCompress } from "node:zlib";

/** Where the bytes of an image go, one chunk after the other. */
export type Output = {
  write(chunk: Buffer): Promise<void>;
  /** Resolves to what the file is, when all of it is there. */
  finish(): Promise<{ fileBytes: number; sha256: string }>;
};

/** What is zero for this long is left out of a raw file: it takes no room, and is read as zero. */
const HOLE_BYTES = 64 * 1024;
const zeros = Buffer.alloc(HOLE_BYTES);
const ZSTD_LEVEL = 3;

export function rawOutput(handle: FileHandle): Output {
  const hash = createHash("sha256");
  let position = 0;
  return {
    async write(chunk) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) {
        const end = runEnd(chunk, at);
        if (!isZero(chunk, at)) await writeAll(handle, chunk.subarray(at, end), position + at);
        at = end;
      }
      position += chunk.length;
    },
    async finish() {
      await handle.truncate(position);
      return { fileBytes: position, sha256: hash.digest("hex") };
    },
  };
}

const isZero = (chunk: Buffer, at: number) => {
  const block = chunk.subarray(at, at + HOLE_BYTES);
  return block.equals(zeros.subarray(0, block.length));
};

/** Where a run of blocks ends that are all zero, or all not. */
function runEnd(chunk: Buffer, at: number): number {
  const wanted = isZero(chunk, at);
  let end = at + HOLE_BYTES;
  while (end < chunk.length && isZero(chunk, end) === wanted) end += HOLE_BYTES;
  return Math.min(end, chunk.length);
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number | null): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done;
    done += (await handle.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}

export function zstdOutput(handle: FileHandle, sizeBytes: number): Output {
  const hash = createHash("sha256");
  const compressor = createZstdCompress({
    pledgedSrcSize: sizeBytes,
    params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  let fileBytes = 0;
  const drained = (async () => {
    for await (const part of compressor) {
      hash.update(part);
      await writeAll(handle, part, null);
      fileBytes += part.length;
    }
  })();
  // Met again at the next chunk, or at the end.
  drained.catch(() => undefined);
  return {
    async write(chunk) {
      // The reader goes on filling its buffer while the compressor still waits for it.
      if (!compressor.write(Buffer.from(chunk))) await Promise.race([once(compressor, "drain"), drained]);
    },
    async finish() {
      compressor.end();
      await drained;
      return { fileBytes, sha256: hash.digest("hex") };
    },
  };
}

import { createGunzip, createZstdDecompress } from "node:zlib";
import type { ImageFormat } from "#contract/images.ts";
import { createCollector } from "./collect-garbage.ts";
import { imageDamaged, imageTruncated, imageWindowTooLarge, unpackingEnded } from "./errors.ts";
import { type Chunks, through } from "./through.ts";
import { unbzip2 } from "./unbzip2.ts";
import { unxz } from "./unxz.ts";
import { NotAFrame, ZstdFrameSplitter } from "./zstd-frames.ts";

export const OUTPUT_BYTES = 256 * 1024;
/** What is unpacked from beginning to end; a zip is read from its end on. */
export type StreamFormat = Exclude<ImageFormat, "zip">;

/** The unpacked bytes of an image file. Throws IMAGE_TRUNCATED where the file ends early or is damaged. */
export async function* decode(format: StreamFormat, chunks: Chunks): AsyncGenerator<Buffer> {
  if (format === "raw") return yield* chunks;
  try {
    const collect = createCollector();
    for await (const chunk of decoders[format](chunks)) {
      yield chunk;
      collect(chunk.length);
    }
  } catch (error) {
    throw decodingError(error);
  }
}

const decoders: Record<Exclude<StreamFormat, "raw">, (chunks: Chunks) => AsyncGenerator<Buffer>> = {
  bz2: unbzip2,
  gz: gunzip,
  xz: (chunks) => unxz(chunks),
  zst: unzstd,
};

async function* gunzip(chunks: Chunks): AsyncGenerator<Buffer> {
  let fed = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      fed += chunk.length;
      yield chunk;
    }
  };
  const transform = createGunzip({ chunkSize: OUTPUT_BYTES });
  yield* through(transform, counted());
  // Zero bytes after the last member end the stream without an error and hide whatever follows.
  if (transform.bytesWritten < fed) throw imageDamaged("there are bytes after its end");
}

async function* unzstd(chunks: Chunks): AsyncGenerator<Buffer> {
  const splitter = new ZstdFrameSplitter();
  const parts = framesOf(chunks, splitter);
  for (;;) {
    const first = await parts.next();
    if (first.done) break;
    yield* through(createZstdDecompress({ chunkSize: OUTPUT_BYTES }), oneFrame(first.value, parts));
  }
  if (!splitter.complete) throw imageTruncated();
}

async function* framesOf(chunks: Chunks, splitter: ZstdFrameSplitter) {
  for await (const chunk of chunks) yield* splitter.push(chunk);
}

/** The parts up to the one that closes the frame. Steps by hand: `for await` would end `parts` with the frame. */
async function* oneFrame(first: { bytes: Buffer; last: boolean }, parts: ReturnType<typeof framesOf>) {
  yield first.bytes;
  let last = first.last;
  while (!last) {
    const following = await parts.next();
    if (following.done) return;
    yield following.value.bytes;
    last = following.value.last;
  }
}

/** liblzma's LZMA_MEM_ERROR, and LZMA_BUF_ERROR: it wants more input than there is. */
const LZMA_NO_MEMORY = 5;
const LZMA_WANTS_MORE = 10;

export function decodingError(error: unknown): unknown {
  if (error instanceof NotAFrame) return imageDamaged("there are bytes that belong to no zstd frame");
  if (!(error instanceof Error) || !("code" in error)) return error;
  const { code } = error;
  if (code === "Z_MEM_ERROR" || code === "ZSTD_error_memory_allocation" || code === LZMA_NO_MEMORY)
    return unpackingEnded("there is not enough memory");
  if (code === "ZSTD_error_frameParameter_windowTooLarge") return imageWindowTooLarge();
  if (code === "Z_BUF_ERROR" || code === LZMA_WANTS_MORE) return imageTruncated();
  const fromDecoder =
    typeof code === "number" || (typeof code === "string" && /^(Z_|ZSTD_error_)/.test(code));
  return fromDecoder ? imageDamaged(error.message) : error;
}

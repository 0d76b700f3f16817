import { createZstdDecompress } from "node:zlib";
import type { ImageFormat } from "#contract/images.ts";
import { Behind } from "./behind.ts";
import { createCollector } from "./collect-garbage.ts";
import {
  imageDamaged,
  imageNeedsDictionary,
  imageTruncated,
  imageWindowTooLarge,
  unpackingEnded,
} from "./errors.ts";
import { gunzip } from "./gunzip.ts";
import { type Chunks, through } from "./through.ts";
import { unbzip2 } from "./unbzip2.ts";
import { unxz } from "./unxz.ts";
import { NotAFrame, ZstdFrameSplitter } from "./zstd-frames.ts";

export const OUTPUT_BYTES = 256 * 1024;
/** What is unpacked from beginning to end; a zip is read from its end on. */
export type StreamFormat = Exclude<ImageFormat, "zip">;

/**
 * The unpacked bytes of an image file; `behind` gets what follows them. Throws IMAGE_TRUNCATED where the file ends early
 * or is damaged.
 */
export async function* decode(
  format: StreamFormat,
  chunks: Chunks,
  behind = new Behind(format),
): AsyncGenerator<Buffer> {
  if (format === "raw") return yield* chunks;
  try {
    const collect = createCollector();
    for await (const chunk of decoders[format](chunks, behind)) {
      yield chunk;
      collect(chunk.length);
    }
    behind.judge();
  } catch (error) {
    throw decodingError(error);
  }
}

type Decoder = (chunks: Chunks, behind: Behind) => AsyncGenerator<Buffer>;

const decoders: Record<Exclude<StreamFormat, "raw">, Decoder> = {
  bz2: unbzip2,
  gz: (chunks, behind) => gunzip(chunks, behind, OUTPUT_BYTES),
  xz: (chunks) => unxz(chunks),
  zst: unzstd,
};

async function* unzstd(chunks: Chunks, behind: Behind): AsyncGenerator<Buffer> {
  const splitter = new ZstdFrameSplitter(behind);
  const parts = framesOf(chunks, splitter);
  for (;;) {
    const first = await parts.next();
    if (first.done) break;
    yield* through(createZstdDecompress({ chunkSize: OUTPUT_BYTES }), oneFrame(first.value, parts));
  }
  splitter.finish();
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

/** liblzma's LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR, and LZMA_BUF_ERROR: it wants more input than there is. */
const LZMA_NO_MEMORY = 5;
const LZMA_OVER_LIMIT = 6;
const LZMA_WANTS_MORE = 10;

export function decodingError(error: unknown): unknown {
  if (error instanceof NotAFrame) return imageDamaged("there are bytes that belong to no zstd frame");
  if (!(error instanceof Error) || !("code" in error)) return error;
  const { code } = error;
  if (code === "Z_MEM_ERROR" || code === "ZSTD_error_memory_allocation" || code === LZMA_NO_MEMORY)
    return unpackingEnded("there is not enough memory");
  if (code === "ZSTD_error_frameParameter_windowTooLarge" || code === LZMA_OVER_LIMIT)
    return imageWindowTooLarge();
  if (code === "ZSTD_error_dictionary_wrong") return imageNeedsDictionary();
  if (code === "Z_BUF_ERROR" || code === LZMA_WANTS_MORE) return imageTruncated();
  const fromDecoder =
    typeof code === "number" || (typeof code === "string" && /^(Z_|ZSTD_error_)/.test(code));
  return fromDecoder ? imageDamaged(error.message) : error;
}

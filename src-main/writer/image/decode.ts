import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, createZstdDecompress } from "node:zlib";
import lzma from "lzma-native";
import type { ImageFormat } from "#contract/images.ts";
import { createCollector } from "./collect-garbage.ts";
import { imageDamaged, imageTruncated, imageWindowTooLarge } from "./errors.ts";
import { unbzip2 } from "./unbzip2.ts";
import { NotAFrame, ZstdFrameSplitter } from "./zstd-frames.ts";

/** Each chunk is good until the next one is asked for. */
export type Chunks = AsyncIterable<Buffer>;

export const OUTPUT_BYTES = 256 * 1024;
/** What .xz decoders fill: about what a slice unpacks to. */
export const XZ_OUTPUT_BYTES = 64 * 1024;
const XZ_SLICE_BYTES = { usual: 1024, dense: 512 };
const DENSE_RATIO = 256;

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
  xz: unxz,
  zst: unzstd,
};

export async function* through(transform: Duplex, chunks: Chunks): AsyncGenerator<Buffer> {
  feed(transform, chunks).catch((error) => transform.destroy(error));
  yield* transform;
}

async function* unxz(chunks: Chunks): AsyncGenerator<Buffer> {
  const decoder = lzma.createDecompressor({ bufsize: XZ_OUTPUT_BYTES });
  yield* through(
    decoder,
    slices(chunks, () => decoder.totalOut()),
  );
}

/**
 * lzma-native unpacks all of a slice before it waits, and a run of zeros unpacks to seven thousand times its size;
 * slices that are always as small as that asks for take twice the time.
 */
async function* slices(chunks: Chunks, unpackedBytes: () => number): AsyncGenerator<Buffer> {
  let length = XZ_SLICE_BYTES.usual;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const before = unpackedBytes();
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
      const dense = unpackedBytes() - before > length * DENSE_RATIO;
      length = dense ? XZ_SLICE_BYTES.dense : XZ_SLICE_BYTES.usual;
    }
  }
}

/** One chunk at a time, each used up before the next is asked for: their reader has one buffer for all. */
export async function feed(transform: Duplex, chunks: Chunks): Promise<void> {
  const write = promisify<Buffer, void>((chunk, done) => transform.write(chunk, done));
  for await (const chunk of chunks) await write(chunk);
  transform.end();
}

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

/** liblzma's LZMA_BUF_ERROR: it wants more input than there is. */
const LZMA_WANTS_MORE = 10;

export function decodingError(error: unknown): unknown {
  if (error instanceof NotAFrame) return imageDamaged("there are bytes that belong to no zstd frame");
  if (!(error instanceof Error) || !("code" in error)) return error;
  const { code } = error;
  if (code === "ZSTD_error_frameParameter_windowTooLarge") return imageWindowTooLarge();
  if (code === "Z_BUF_ERROR" || code === LZMA_WANTS_MORE) return imageTruncated();
  const fromDecoder =
    typeof code === "number" || (typeof code === "string" && /^(Z_|ZSTD_error_)/.test(code));
  return fromDecoder ? imageDamaged(error.message) : error;
}

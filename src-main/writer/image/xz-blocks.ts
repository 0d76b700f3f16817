import { on } from "node:events";
import { availableParallelism } from "node:os";
import lzma from "lzma-native";
import { findXz, XZ_MEMORY_BYTES } from "#linux/system-xz.ts";
import { createCollector } from "./collect-garbage.ts";
import { decodingError } from "./decode.ts";
import { imageChanged, imageDamaged, xzTooOld } from "./errors.ts";
import { type ImageFile, readSpan } from "./image-file.ts";
import { failUnlessLeft, feed } from "./through.ts";
import { isUnsupported, unxzBy, XZ_OUTPUT_BYTES } from "./unxz.ts";
import { BLOCK_HEADER_BYTES, laterFilters } from "./xz-filters.ts";
import { asXzFile, findXzBlocks, type ReadAt, type XzBlock } from "./xz-index.ts";

/** What blocks under way may hold unpacked. Each takes as much again at most, for what it looks back at. */
const AHEAD_BYTES = 80 * 1024 ** 2;
/** A run of zeros unpacks to seven thousand times its size. */
const INPUT_BYTES = 16 * 1024;

type Piece = { data: Buffer; end: number };

export function readerOf(file: ImageFile): ReadAt {
  return async (offset, length) => {
    const { buffer, bytesRead } = await file.handle.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead < length) throw imageChanged(file.path);
    return buffer;
  };
}

/** The blocks of an .xz that several cores can unpack side by side; null where that gains nothing, or cannot be. */
export async function blocksToShare(file: ImageFile): Promise<XzBlock[] | null> {
  // Where the blocks are is written at the end.
  if (file.format !== "xz" || file.arrival) return null;
  const blocks = await findXzBlocks(readerOf(file), file.fileBytes);
  return blocks && blocks.length > 1 && blocksAhead(blocks) > 1 ? blocks : null;
}

const SIZES_ARE_TOLD = 0xc0;

/** Whether blocks tell their sizes where they begin. One thread of xz does not write them; without, it unpacks one by one. */
export async function tellTheirSizes({ handle }: ImageFile, blocks: XzBlock[]): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, blocks[0]?.offset ?? 0);
  return ((buffer[1] ?? 0) & SIZES_ARE_TOLD) === SIZES_ARE_TOLD;
}

function blocksAhead(blocks: XzBlock[]): number {
  const largest = blocks.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 1);
  // One more than there are cores: it is worked at while another one waits to be taken.
  return Math.min(availableParallelism() + 1, Math.floor(AHEAD_BYTES / largest));
}

/**
 * What the blocks hold from a place in the unpacked image on, in their order, each with where its block ends in the
 * file. Whoever begins in the middle reads for one slow drive: one block at a time is enough, and takes less memory.
 */
export async function* unpackBlocks(file: ImageFile, blocks: XzBlock[], from: number): AsyncGenerator<Piece> {
  let position = from;
  try {
    for await (const piece of byLibrary(file, blocks, from)) {
      position += piece.data.length;
      yield piece;
    }
  } catch (error) {
    if (!isUnsupported(error)) throw decodingError(error);
    yield* bySystem(file, blocks, position);
  }
}

async function* byLibrary(file: ImageFile, blocks: XzBlock[], from: number): AsyncGenerator<Piece> {
  const ahead = from === 0 ? blocksAhead(blocks) : 1;
  const { wanted, skipped } = blocksFrom(blocks, from);
  const working: { block: XzBlock; unpacking: Unpacking }[] = [];
  const collect = createCollector();
  let toSkip = from - skipped;
  try {
    while (working.length > 0 || wanted.length > 0) {
      for (const block of wanted.splice(0, ahead - working.length)) {
        working.push({ block, unpacking: startUnpacking(file, block) });
      }
      const [first] = working;
      if (!first) return;
      const end = first.block.offset + first.block.packedBytes;
      for await (const event of first.unpacking.events) {
        const chunk: Buffer = event[0];
        const data = chunk.subarray(toSkip);
        toSkip -= chunk.length - data.length;
        if (data.length > 0) yield { data, end };
        collect(chunk.length);
      }
      working.shift();
    }
  } finally {
    for (const { unpacking } of working) unpacking.stop();
  }
}

/** The system's xz may know filters that the library does not: it gets the blocks as files that follow one another. */
async function* bySystem(file: ImageFile, blocks: XzBlock[], from: number): AsyncGenerator<Piece> {
  const { wanted, skipped } = blocksFrom(blocks, from);
  const [first] = wanted;
  if (!first) return;
  const xz = await findXz();
  if (!xz) throw await tooOld(file, first);
  const rest = [...wanted];
  const one = { ...xz, options: ["--decompress", "--stdout", "--threads=1"] };
  let toSkip = from - skipped;
  let left = first.sizeBytes;
  try {
    for await (const chunk of unxzBy(one, partsOfAll(file, wanted))) {
      for (left -= chunk.length; left < 0 && rest.length > 1; left += rest[0]?.sizeBytes ?? 0) rest.shift();
      const data = chunk.subarray(toSkip);
      toSkip -= chunk.length - data.length;
      const { offset, packedBytes } = rest[0] ?? first;
      if (data.length > 0) yield { data, end: offset + packedBytes };
    }
  } catch (error) {
    throw isUnsupported(error) ? await tooOld(file, rest[0] ?? first) : error;
  }
}

async function tooOld({ handle }: ImageFile, { offset }: XzBlock): Promise<Error> {
  const header = Buffer.alloc(BLOCK_HEADER_BYTES);
  const { buffer, bytesRead } = await handle.read(header, 0, header.length, offset);
  return xzTooOld(laterFilters(buffer.subarray(0, bytesRead)));
}

async function* partsOfAll(file: ImageFile, blocks: XzBlock[]): AsyncGenerator<Buffer> {
  for (const block of blocks) yield* partsOf(file, block);
}

function blocksFrom(blocks: XzBlock[], from: number): { wanted: XzBlock[]; skipped: number } {
  let skipped = 0;
  const first = blocks.findIndex(({ sizeBytes }) => {
    if (skipped + sizeBytes > from) return true;
    skipped += sizeBytes;
    return false;
  });
  return { wanted: first < 0 ? [] : blocks.slice(first), skipped };
}

type Unpacking = { events: ReturnType<typeof on>; stop: () => void };

/** Unpacks a block, on a thread of its own, whether or not somebody waits for it. */
function startUnpacking(file: ImageFile, block: XzBlock): Unpacking {
  const decoder = lzma.createDecompressor({ bufsize: XZ_OUTPUT_BYTES, memlimit: XZ_MEMORY_BYTES });
  const events = on(decoder, "data", { close: ["end"] });
  feed(decoder, bounded(partsOf(file, block))).catch((error) => failUnlessLeft(decoder, error));
  return { events, stop: () => decoder.destroy() };

  async function* bounded(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const part of parts) {
      yield part;
      if (decoder.totalOut() > block.sizeBytes) throw imageDamaged("a block holds more than its index says");
    }
  }
}

async function* partsOf(file: ImageFile, block: XzBlock): AsyncGenerator<Buffer> {
  const { before, after } = asXzFile(block);
  yield before;
  const end = block.offset + Math.ceil(block.packedBytes / 4) * 4;
  yield* readSpan(file, block.offset, end, INPUT_BYTES);
  yield after;
}
